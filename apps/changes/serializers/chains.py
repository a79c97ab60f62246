"""The chain of processes and the impact of versions as programs read them."""

from typing import Any

from rest_framework import serializers

from apps.changes.states import GateLoss, LinkKind


class LinkOut(serializers.Serializer[Any]):
    source = serializers.CharField(  # type: ignore[assignment]  # a field of this name
        help_text="Key of a process; of a link of kind file the key that the file arrives by."
    )
    target = serializers.CharField(help_text="Key of a process.")
    kind = serializers.ChoiceField(choices=LinkKind.choices)
    name = serializers.CharField(help_text="The message, the signal or the file; empty for a call.")


class ChainLinkOut(serializers.Serializer[Any]):
    link = LinkOut()
    seen = serializers.IntegerField(help_text="How often runs of the last 30 days made this call.")
    is_modelled = serializers.BooleanField(help_text="False: only runs of older versions made it.")


class ChainProcessOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    line = serializers.CharField()
    version = serializers.IntegerField(allow_null=True, help_text="The number of the version in force.")
    live = serializers.IntegerField(help_text="Runs on their way.")


class ChainOut(serializers.Serializer[Any]):
    processes = ChainProcessOut(many=True)
    links = ChainLinkOut(many=True)


class TouchedOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    line = serializers.CharField()
    live = serializers.IntegerField(help_text="Runs on their way; they keep their version.")
    starts = serializers.IntegerField(help_text="Triggers by which it begins by itself.")
    via = LinkOut(allow_null=True, help_text="The link over which it is touched, when both ends may be seen.")
    steps_away = serializers.IntegerField()


class LostGateOut(serializers.Serializer[Any]):
    process = serializers.CharField()
    element = serializers.CharField(source="lost.element")
    name = serializers.CharField(source="lost.name")
    loss = serializers.ChoiceField(source="lost.loss", choices=GateLoss.choices)
    was = serializers.CharField(source="lost.was")
    now = serializers.CharField(source="lost.now")


class AskedOut(serializers.Serializer[Any]):
    line = serializers.CharField()
    role = serializers.CharField()
    people = serializers.IntegerField()


class ThingOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    address = serializers.CharField()

    def to_representation(self, instance: tuple[str, str]) -> dict[str, str]:
        return {"name": instance[0], "address": instance[1]}


class BesideOut(serializers.Serializer[Any]):
    title = serializers.CharField()
    things = ThingOut(many=True)


class ImpactOut(serializers.Serializer[Any]):
    changed = TouchedOut(many=True)
    dependents = TouchedOut(many=True, help_text="Who calls them or hears them, and so on, the nearest first.")
    hidden = serializers.IntegerField(help_text="Touched processes of lines that you may not see.")
    lines = serializers.ListField(child=serializers.CharField())
    gates = LostGateOut(many=True)
    silenced = LinkOut(many=True, help_text="What others wait for and nobody sends any more.")
    new_files = serializers.ListField(child=serializers.CharField())
    gone_files = serializers.ListField(child=serializers.CharField())
    asked = AskedOut(many=True)
    keepers = serializers.ListField(child=serializers.CharField(), help_text="Owners and backups.")
    approvers = serializers.ListField(child=serializers.CharField())
    beside = BesideOut(many=True, help_text="What other apps have on these lines, as monitors.")
