"""What the API takes and says."""

from rest_framework import serializers


class AfterIn(serializers.Serializer):  # type: ignore[type-arg]
    """Where to go on reading a stream."""

    after = serializers.IntegerField(min_value=0, max_value=2**62, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=500, default=200)


class ActorOut(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()


class EntryOut(serializers.Serializer):  # type: ignore[type-arg]
    """One journal entry, as in the feeds."""

    id = serializers.IntegerField()
    stream = serializers.CharField()
    number = serializers.IntegerField()
    kind = serializers.CharField()
    line = serializers.CharField()
    at = serializers.DateTimeField()
    actor = ActorOut(allow_null=True)
    data = serializers.JSONField()  # type: ignore[assignment]


class JournalOut(serializers.Serializer):  # type: ignore[type-arg]
    """A page of a stream; ask again with `after` set to the last number until it stays the same."""

    entries = EntryOut(many=True)
    after = serializers.IntegerField()
