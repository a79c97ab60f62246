"""What the API takes and gives; of addresses the host alone, of secrets nothing after the answer that made them."""

from typing import Any

from rest_framework import serializers

from apps.hooks.models import DeadLetter, IncomingHook, OutgoingHook
from apps.hooks.states import Deed, Feed


class OutgoingIn(serializers.Serializer[Any]):
    """`line`, `team` or `run` is named for the feed of one. `after`: a place of the feed to begin behind."""

    name = serializers.CharField(max_length=80)
    address = serializers.CharField(max_length=500)
    feed = serializers.ChoiceField(choices=Feed.choices)
    line = serializers.CharField(max_length=40, default="", allow_blank=True)
    team = serializers.IntegerField(min_value=1, max_value=2**63 - 1, default=None, allow_null=True)
    run = serializers.IntegerField(min_value=1, max_value=2**63 - 1, default=None, allow_null=True)
    after = serializers.CharField(max_length=40, default="", allow_blank=True)


class OutgoingOut(serializers.ModelSerializer[OutgoingHook]):
    """`place`: what it has come to in its feed; everything up to there was taken or given up."""

    line = serializers.CharField(source="line.code", default=None)
    host = serializers.CharField()
    place = serializers.CharField()
    run = serializers.CharField()

    class Meta:
        model = OutgoingHook
        fields = ["id", "name", "host", "feed", "line", "team", "run", "is_on", "place", "tries", "due_at", "taken_at", "problem"]


class MadeOutgoing(OutgoingOut):
    """With its secret, this once."""

    secret = serializers.CharField()

    class Meta(OutgoingOut.Meta):
        fields = [*OutgoingOut.Meta.fields, "secret"]


class AfterPlace(serializers.Serializer[Any]):
    after = serializers.CharField(max_length=40)


class LetterOut(serializers.ModelSerializer[DeadLetter]):
    """`stream` and `number` name the entry once and for all."""

    stream = serializers.CharField(source="entry.stream")
    number = serializers.IntegerField(source="entry.number")
    kind = serializers.CharField(source="entry.kind")

    class Meta:
        model = DeadLetter
        fields = ["id", "state", "stream", "number", "kind", "tries", "problem", "at"]


class IncomingIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    deeds = serializers.ListField(child=serializers.ChoiceField(choices=Deed.choices), min_length=1, max_length=len(Deed))


class IncomingOut(serializers.ModelSerializer[IncomingHook]):
    """`path` is where it is sent to."""

    path = serializers.SerializerMethodField()

    class Meta:
        model = IncomingHook
        fields = ["id", "name", "path", "deeds", "is_on"]

    def get_path(self, hook: IncomingHook) -> str:
        return hook.path


class MadeIncoming(IncomingOut):
    """With its secret, this once."""

    secret = serializers.CharField()

    class Meta(IncomingOut.Meta):
        fields = [*IncomingOut.Meta.fields, "secret"]


class DeedIn(serializers.Serializer[Any]):
    do = serializers.ChoiceField(choices=Deed.choices)


class SaidIn(serializers.Serializer[Any]):
    """A message for the run that waits for its name and key, or a signal, which has no key."""

    do = serializers.ChoiceField(choices=[Deed.MESSAGE, Deed.SIGNAL])
    name = serializers.CharField(max_length=90)
    key = serializers.CharField(max_length=200, default="", allow_blank=True)
    payload = serializers.DictField(default=dict)


class BeginIn(serializers.Serializer[Any]):
    do = serializers.ChoiceField(choices=[Deed.BEGIN])
    process = serializers.SlugField()
    business_date = serializers.DateField()
    variables = serializers.DictField(default=dict)


class TakenOut(serializers.Serializer[Any]):
    """The answer to a delivery, the same however often it comes; `run` of one that was begun."""

    id = serializers.CharField()
    did = serializers.ChoiceField(choices=Deed.choices)
    run = serializers.IntegerField(required=False)
