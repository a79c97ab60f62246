from typing import Any

from rest_framework import serializers


class RelatedThingOut(serializers.Serializer[Any]):
    key = serializers.IntegerField(help_text="Of a difference, that of the newer version.")
    title = serializers.CharField()
    beside = serializers.CharField(help_text="What tells it from others with its title, as its number.")
    address = serializers.CharField(help_text="Its page.")
    state = serializers.CharField()


class RelatedThingsOut(serializers.Serializer[Any]):
    kind = serializers.CharField(
        help_text="ticket, change, version, difference, approval, run, step, break, alert or entry (of the journal)."
    )
    items = RelatedThingOut(many=True)


class ThreadOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    key = serializers.IntegerField()
    title = serializers.CharField()
    address = serializers.CharField()
    groups = RelatedThingsOut(many=True)
