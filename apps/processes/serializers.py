from typing import Any

from rest_framework import serializers

from apps.processes.core.differences import What
from apps.processes.models import Process, ProcessTest, ProcessVersion, WorkingCopyRevision


class ProcessOut(serializers.ModelSerializer[Process]):
    line = serializers.CharField(source="line.code")

    class Meta:
        model = Process
        fields = ["key", "name_zh", "name_en", "line", "startable"]


class ProcessIn(serializers.Serializer[Any]):
    key = serializers.RegexField(r"^[A-Za-z_][A-Za-z0-9_-]*$", max_length=60)
    name_zh = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120)
    line = serializers.CharField(max_length=60, help_text="Code of a business line that you write processes for.")
    template = serializers.CharField(max_length=60, required=False, help_text="Key of a template; its model is the first draft.")


class VersionOut(serializers.ModelSerializer[ProcessVersion]):
    process = serializers.CharField(source="process.key")
    author = serializers.CharField(source="author.username")
    approver = serializers.CharField(source="approver.username", default=None)

    class Meta:
        model = ProcessVersion
        fields = ["process", "number", "state", "note", "plan_digest", "author", "approver", "created_at", "published_at"]


class DraftIn(serializers.Serializer[Any]):
    model_xml = serializers.CharField(max_length=5 * 1024 * 1024, trim_whitespace=False)
    note = serializers.CharField(max_length=2000)


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    plan_digest = serializers.CharField(
        max_length=64, required=False, default=None, help_text="The plan_digest you decided on; another one now is refused."
    )


class ModelIn(serializers.Serializer[Any]):
    model_xml = serializers.CharField(max_length=5 * 1024 * 1024, trim_whitespace=False)


class ProblemOut(serializers.Serializer[Any]):
    element = serializers.CharField()
    rule = serializers.CharField()
    message = serializers.CharField()
    severity = serializers.CharField()


class WorkingCopyOut(serializers.ModelSerializer[WorkingCopyRevision]):
    revision = serializers.IntegerField(source="number")
    saved_by = serializers.CharField(source="saved_by.username")

    class Meta:
        model = WorkingCopyRevision
        fields = ["revision", "model_xml", "saved_by", "saved_at"]


class SeenIn(serializers.Serializer[Any]):
    seen = serializers.IntegerField(min_value=1, help_text="The revision that you had before you.")


class WorkingCopyIn(SeenIn):
    model_xml = serializers.CharField(max_length=5 * 1024 * 1024, trim_whitespace=False)


class FinishIn(SeenIn):
    note = serializers.CharField(max_length=2000)


class DiscardIn(SeenIn):
    reason = serializers.CharField(max_length=1000)


class ChangeOut(serializers.Serializer[Any]):
    property = serializers.CharField(help_text="Stable name, such as condition, parameter, role or place.")
    detail = serializers.CharField(help_text="Which parameter, mapping or form field; empty for most properties.")
    old = serializers.CharField(allow_null=True, help_text="null: the property is new.")
    new = serializers.CharField(allow_null=True, help_text="null: the property is gone.")


class DifferenceOut(serializers.Serializer[Any]):
    element = serializers.CharField()
    what = serializers.ChoiceField(choices=[what.value for what in What], help_text="moved: only the picture differs.")
    sentence = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField(), help_text="A sentence for each property.")
    changes = ChangeOut(many=True)
    layout = ChangeOut(many=True)


class DifferencesOut(serializers.Serializer[Any]):
    old = serializers.CharField(help_text="Number of the version, or draft.")
    new = serializers.CharField(help_text="Number of the version, or draft.")
    differences = DifferenceOut(many=True)


class ExpectedIn(serializers.Serializer[Any]):
    """What is left out is not asked for."""

    ended = serializers.BooleanField(required=False, help_text="Whether every token reaches an end; true unless said otherwise.")
    end_state = serializers.CharField(required=False, help_text="completed, failed, stopped or error:CODE.")
    end = serializers.CharField(required=False, help_text="Id of an end event that is reached.")
    path = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Element ids that are passed in this order."
    )
    exact = serializers.BooleanField(required=False, help_text="Nothing else is passed, inside called processes neither.")
    variables = serializers.DictField(required=False, help_text="Variables at the end; others may stand beside them.")


class ProcessTestIn(serializers.Serializer[Any]):
    """For the schema only: `core.testing.read_test` reads it and names the place of what is wrong."""

    name = serializers.CharField(max_length=120)
    variables = serializers.DictField(required=False, help_text="What the run begins with.")
    script = serializers.DictField(required=False, help_text="By element id, as for bpmn rehearse.")
    expected = ExpectedIn(required=False)
    seen = serializers.CharField(required=False, help_text="The digest you changed; another one now is refused.")


class ProcessTestOut(serializers.ModelSerializer[ProcessTest]):
    digest = serializers.CharField()
    saved_by = serializers.CharField(source="saved_by.username")

    class Meta:
        model = ProcessTest
        fields = ["id", "name", "variables", "script", "expected", "digest", "saved_by", "saved_at"]


class TestRemovalIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000)
    seen = serializers.CharField(max_length=64, required=False, default=None, help_text="The digest that you saw.")


class TestDifferenceOut(serializers.Serializer[Any]):
    place = serializers.CharField(help_text="Where the test says it, such as expected.path[2].")
    expected = serializers.JSONField(allow_null=True)
    found = serializers.JSONField(allow_null=True)
    sentence = serializers.CharField()


class TestResultOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    passed = serializers.BooleanField()
    differences = TestDifferenceOut(many=True)
