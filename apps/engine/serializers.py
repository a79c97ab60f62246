"""What the API takes and gives: input and output are two classes."""

from typing import Any

from rest_framework import serializers

from apps.engine.models import InterventionRequest, Pause, Run, Step
from apps.engine.states import Verb


class RunBegin(serializers.Serializer[Any]):
    process = serializers.SlugField()
    business_date = serializers.DateField()
    variables = serializers.DictField(required=False)


class SignalIn(serializers.Serializer[Any]):
    """`once` is the sender's own key of the saying: said again with the same key, it is not heard again."""

    name = serializers.CharField(max_length=90)
    payload = serializers.DictField(default=dict)
    once = serializers.CharField(max_length=200)


class MessageIn(SignalIn):
    key = serializers.CharField(max_length=200, default="", allow_blank=True)


class Reason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class InterventionIn(serializers.Serializer[Any]):
    """`arguments`: what the verb takes beside the reason, none for most. The line's policy says whether a reason is needed."""

    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    arguments = serializers.DictField(required=False)


class BulkIn(InterventionIn):
    verb = serializers.ChoiceField(choices=Verb.choices)
    subjects = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=500)
    preview = serializers.BooleanField(default=False)


class ItemOut(serializers.Serializer[Any]):
    subject_id = serializers.IntegerField()
    result = serializers.CharField()
    said = serializers.CharField()


class BulkOut(serializers.Serializer[Any]):
    """`done` + `asked` + `refused` = `selected`."""

    selected = serializers.IntegerField()
    done = serializers.IntegerField()
    asked = serializers.IntegerField()
    refused = serializers.IntegerField()
    items = ItemOut(many=True)


class HoldIn(Reason):
    node = serializers.CharField(max_length=200)


class LineIn(Reason):
    business_date = serializers.DateField(required=False)


class PauseOut(serializers.ModelSerializer[Pause]):
    line = serializers.CharField(source="line.code")

    class Meta:
        model = Pause
        fields = ["id", "line", "business_date", "reason", "paused_at", "lifted_at"]


class RequestOut(serializers.ModelSerializer[InterventionRequest]):
    asked_by = serializers.CharField(source="asked_by.username")

    class Meta:
        model = InterventionRequest
        fields = ["id", "run_id", "step_id", "verb", "arguments", "reason", "state", "needs", "asked_by", "asked_at"]


class Answer(serializers.Serializer[Any]):
    answer = serializers.DictField()


class RunOut(serializers.ModelSerializer[Run]):
    is_held = serializers.BooleanField()
    process = serializers.CharField(source="process.key")
    version = serializers.IntegerField(source="version.number")
    line = serializers.CharField(source="line.code")

    class Meta:
        model = Run
        fields = [
            "id",
            "process",
            "version",
            "line",
            "business_date",
            "key",
            "sequence",
            "state",
            "is_held",
            "priority",
            "begun_at",
            "ended_at",
        ]


class StepOut(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = [
            "id",
            "run_id",
            "node_id",
            "name",
            "kind",
            "state",
            "role",
            "form",
            "inputs",
            "outputs",
            "problem",
            "attempt",
            "is_check",
            "maker_id",
            "taken_by_id",
            "decided_by_id",
            "deadline_at",
            "is_late",
            "created_at",
            "started_at",
            "ended_at",
        ]


class RunDetail(RunOut):
    """With its steps, what it waits for, and the state of each node."""

    steps = StepOut(many=True, source="listed_steps")
    nodes = serializers.DictField(source="node_states")
    waits = serializers.ListField()
    variables = serializers.DictField()

    class Meta(RunOut.Meta):
        fields = [*RunOut.Meta.fields, "variables", "steps", "nodes", "waits"]
