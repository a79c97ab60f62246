from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.processes.core.differences import What
from apps.processes.core.table import Group
from apps.processes.models import Process, ProcessTest, ProcessVersion, WorkingCopyRevision
from apps.processes.selectors.packages import Item
from apps.processes.selectors.variants import Rebase


class ProcessOut(serializers.ModelSerializer[Process]):
    line = serializers.CharField(source="line.code")

    class Meta:
        model = Process
        fields = ["key", "name_zh", "name_en", "line", "startable"]


class ProcessDetailOut(ProcessOut):
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)
    backup = serializers.CharField(source="backup.username", default=None, allow_null=True)

    class Meta:
        model = Process
        fields = [*ProcessOut.Meta.fields, "owner", "backup", "runbook_url", "description"]


class KeepingIn(serializers.Serializer[Any]):
    owner = serializers.CharField(max_length=150, allow_null=True, help_text="User name; null: nobody.")
    backup = serializers.CharField(max_length=150, allow_null=True, help_text="Another user name than the owner's; null: nobody.")
    runbook_url = serializers.RegexField(r"^(https?://\S+)?$", max_length=300, allow_blank=True)
    description = serializers.CharField(max_length=2000, allow_blank=True)


class ProcessIn(serializers.Serializer[Any]):
    key = serializers.RegexField(r"^[A-Za-z_][A-Za-z0-9_-]*$", max_length=60)
    name_zh = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120)
    line = serializers.CharField(max_length=60, help_text="Code of a business line that you write processes for.")
    template = serializers.CharField(max_length=60, required=False, help_text="Key of a template to be a variant of.")
    base = serializers.CharField(max_length=60, required=False, help_text="Key of the process that this one is a variant of.")


class VersionOut(serializers.ModelSerializer[ProcessVersion]):
    process = serializers.CharField(source="process.key")
    author = serializers.CharField(source="author.username")
    approver = serializers.CharField(source="approver.username", default=None, allow_null=True)

    class Meta:
        model = ProcessVersion
        fields = ["process", "number", "state", "note", "plan_digest", "author", "approver", "created_at", "published_at"]


class ParameterOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.CharField(help_text="FEEL")


class WindowOut(serializers.Serializer[Any]):
    """Times of the market's clock such as 09:30, or 09:30+1 for the business day after; empty where it is open."""

    earliest_start = serializers.CharField()
    latest_start = serializers.CharField()
    latest_end = serializers.CharField()


class RowOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    group = serializers.ChoiceField([group.value for group in Group])
    kind = serializers.CharField(help_text="The element's name in BPMN, such as userTask.")
    level = serializers.IntegerField()
    above = serializers.CharField(source="parent", help_text="The id of the row above, empty for a process.")
    name = serializers.CharField()
    name_en = serializers.CharField()
    phase = serializers.CharField()
    part = serializers.CharField()
    role = serializers.CharField()
    does = serializers.CharField(help_text="Handler, called process, message, decision or expression.")
    parameters = ParameterOut(many=True)
    deadline = serializers.CharField(help_text="A moment of the business day.")
    runbook = serializers.CharField(help_text="A link.")
    window = WindowOut()


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
    process = serializers.CharField(
        max_length=60, required=False, help_text="Key of its process; then the standards of its line are asked as well."
    )


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
    as_read = serializers.CharField(
        max_length=5 * 1024 * 1024,
        trim_whitespace=False,
        required=False,
        allow_blank=True,
        help_text="How an editor writes the revision seen when nothing was drawn; only what differs from it is saved then.",
    )


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


class VariantOut(serializers.Serializer[Any]):
    process = serializers.CharField(source="process.key")
    line = serializers.CharField(source="process.line.code")
    merged_with = serializers.IntegerField(source="merged_with.number", help_text="The version of the base whose changes it has.")
    newest = serializers.IntegerField(allow_null=True, help_text="The version of the base that is in force.")


class ConflictOut(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="What is decided: an element, or a part of one that has an id of its own.")
    element = serializers.CharField()
    title = serializers.CharField()
    base = serializers.ListField(child=serializers.CharField(), help_text="What the base changed, in sentences.")
    own = serializers.ListField(child=serializers.CharField(), help_text="What the variant changed, in sentences.")


class RebaseOut(serializers.Serializer[Any]):
    base = serializers.CharField(source="variant.origin.key", help_text="Key of the process, or of the template.")
    base_kind = serializers.ChoiceField(source="variant.base_kind", choices=["process", "template"])
    since = serializers.IntegerField(source="since.number")
    number = serializers.IntegerField(source="newest.number")
    seen = serializers.IntegerField(help_text="The revision of the working copy that takes part, 0 for none.")
    conflicts = ConflictOut(many=True)
    from_base = serializers.ListField(child=serializers.CharField())
    own = serializers.ListField(child=serializers.CharField())
    problems = serializers.SerializerMethodField()
    base_tests = serializers.SerializerMethodField()
    own_tests = serializers.SerializerMethodField()

    @extend_schema_field(ProblemOut(many=True))
    def get_problems(self, rebase: Rebase) -> list[dict[str, str]]:
        return [problem.as_dict() for problem in rebase.problems]

    @extend_schema_field(TestResultOut(many=True))
    def get_base_tests(self, rebase: Rebase) -> list[dict[str, Any]]:
        return [result.as_dict() for result in rebase.base_tests]

    @extend_schema_field(TestResultOut(many=True))
    def get_own_tests(self, rebase: Rebase) -> list[dict[str, Any]]:
        return [result.as_dict() for result in rebase.own_tests]


class RebaseIn(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, help_text="Up to which version of the base, or revision of the template.")
    seen = serializers.IntegerField(min_value=0, help_text="The revision of the working copy that you saw, 0 for none.")
    decided = serializers.DictField(
        child=serializers.ChoiceField(choices=["base", "own"]), required=False, help_text="By key of a conflict: base or own."
    )


class PackageIn(serializers.Serializer[Any]):
    package = serializers.FileField(help_text="The file; multipart.")


class ImportIn(serializers.Serializer[Any]):
    line = serializers.CharField(
        max_length=60, required=False, help_text="Code of the line for new processes; without it the one that the package names."
    )


class PackageItemOut(serializers.Serializer[Any]):
    process = serializers.CharField(source="packed.key")
    standing = serializers.CharField(help_text="new, changed, same, or hidden: the key is taken by one that you may not see.")
    against = serializers.IntegerField(help_text="The version here that it was compared with, 0 for none.")
    sentences = serializers.ListField(child=serializers.CharField(), help_text="What differs from that version.")
    new_tests = serializers.ListField(child=serializers.CharField())
    changed_tests = serializers.ListField(child=serializers.CharField())
    windows = serializers.ListField(
        child=serializers.CharField(), help_text="Steps of which it says other times; only an import into a change sets them."
    )
    placements = serializers.ListField(
        child=serializers.CharField(),
        help_text="Steps that it places elsewhere, * for all; only an import into a change sets them.",
    )
    replaces = serializers.IntegerField(help_text="Your own open draft that would be replaced, 0 for none.")
    problems = serializers.SerializerMethodField()

    @extend_schema_field(ProblemOut(many=True))
    def get_problems(self, item: Item) -> list[dict[str, str]]:
        return [problem.as_dict() for problem in item.problems]


class PackageOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    digest = serializers.CharField()
    fingerprint = serializers.CharField(help_text="Of the key that has signed it.")
    items = PackageItemOut(many=True)
