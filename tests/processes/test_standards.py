"""What a site asks of processes is data: errors refuse a submission, warnings are shown, wherever the model is looked at."""

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.kernel.problems import Severity
from apps.people.states import Role
from apps.processes import actions, errors, selectors
from apps.processes.core.standards import Described, Standard, is_usable, standard_problems
from apps.processes.models import Process, ProcessVersion, SiteStandard
from apps.processes.states import StandardAbout, StandardKind, VersionState
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, document, draft, elements, flows, make_process, simple_model
from tests.factories.windows import window as make_window

KINDS = list(StandardKind)
API = "/api/processes/P/"


def asked(kind, about="process", severity="error", pattern="", **more):
    return SiteStandard(kind=kind, about=about, severity=severity, pattern=pattern, **more)


def stored(*arguments, **more):
    row = asked(*arguments, **more)
    row.save()
    return row


@pytest.fixture
def people(db):
    return cast()


@pytest.fixture
def process(people):
    line, author, _ = people
    return make_process(line, author)


def everything():
    return (
        list(SiteStandard.objects.order_by("id").values()),
        list(Process.objects.order_by("id").values()),
        list(ProcessVersion.objects.order_by("id").values_list("id", "state")),
        Entry.objects.count(),
    )


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


# -- the rules themselves --------------------------------------------------------------------------------------------

STEPS = elements("start:s user:check-it service:Send end:e") + flows(["s", "check-it", "Send", "e"])


def found(kind, about, pattern="", model=None, **known):
    standard = Standard(StandardKind(kind), StandardAbout(about), Severity.WARNING, pattern)
    return [
        problem.element for problem in standard_problems(model or document(STEPS), Described("P", "测试", **known), [standard])
    ]


@pytest.mark.parametrize(
    ("kind", "known"),
    [("owner", "has_owner"), ("backup", "has_backup"), ("runbook", "has_runbook"), ("description", "has_description")],
)
def test_a_process_is_asked_for_what_it_does_not_have_yet(kind, known):
    assert found(kind, "process") == ["P"]
    assert found(kind, "process", **{known: True}) == []


def test_ids_and_names_of_steps_follow_the_pattern_as_a_whole():
    assert found("id", "steps", "[a-z-]+") == ["Send"]
    assert found("id", "human", "[A-Z].*") == ["check-it"]
    assert found("name", "automatic", "send") == ["Send"]
    assert found("id", "process", "[a-z]+") == ["P"]
    assert found("name", "process", r"\p{IsCJKUnifiedIdeographs}+") == []


def test_a_step_without_a_name_breaks_every_pattern_of_names():
    nameless = document('<bpmn:startEvent id="s"/><bpmn:task id="t"/><bpmn:endEvent id="e"/>' + flows(["s", "t", "e"]))

    assert found("name", "steps", ".*", nameless) == ["t"]


def test_a_window_or_a_deadline_is_enough():
    late = document(STEPS.replace('id="check-it"', 'id="check-it" clearway:deadline="T-1"'))

    assert found("window", "human") == ["check-it"]
    assert found("window", "human", with_window=frozenset({"check-it"})) == []
    assert found("window", "human", model=late) == []


def test_documentation_describes_a_step_and_its_runbook_is_a_property_of_its_own():
    told = "<bpmn:userTask id='check-it' clearway:role='maker'><bpmn:documentation>{}</bpmn:documentation></bpmn:userTask>"
    with_words = document(told.format("Look twice, see https://wiki/check"))
    with_runbook = document(STEPS.replace('id="check-it"', 'id="check-it" clearway:runbook="https://wiki/check"'))

    assert found("description", "human") == ["check-it"]
    assert found("description", "human", model=with_words) == []
    assert found("runbook", "human", model=with_words) == ["check-it"]
    assert found("runbook", "human", model=with_runbook) == []


def test_a_pattern_that_runs_away_counts_as_not_followed():
    long = document('<bpmn:task id="t" name="' + "a" * 60 + '!"/>')

    assert found("name", "steps", "(a|a)*b|(a+)+c", long) == ["t"]


def test_a_model_that_cannot_be_read_breaks_no_standard():
    assert found("owner", "process", model=b"<no") == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_parts_that_fit_together_are_a_standard(kind):
    pattern = "x+" if kind in ("id", "name") else ""

    usable = {about for about in StandardAbout if is_usable(kind, about, pattern)}

    steps = {StandardAbout.STEPS, StandardAbout.HUMAN, StandardAbout.AUTOMATIC}
    expected = {"owner": {StandardAbout.PROCESS}, "backup": {StandardAbout.PROCESS}, "window": steps}
    assert usable == expected.get(kind, steps | {StandardAbout.PROCESS})
    assert not any(is_usable(kind, about, "" if pattern else "x+") for about in StandardAbout)
    assert not any(is_usable(kind, about, "(") for about in StandardAbout)


# -- at submission ---------------------------------------------------------------------------------------------------


def test_a_broken_error_refuses_the_submission_and_names_element_and_rule(people, process):
    _, author, _ = people
    stored("id", "steps", pattern="[A-Z]+", hint_zh="只用大写。")
    version = draft(process, author)

    refusal = refused(errors.StandardsNotKept, lambda: actions.submit_version(version_id=version.pk, actor=author))

    assert "a [standard.id]" in str(refusal)
    assert "只用大写。" in str(refusal)
    assert refusal.facts["problems"][0]["element"] == "a"


def test_a_warning_is_shown_and_refuses_nothing(people, process):
    _, author, _ = people
    stored("owner", severity="warning")
    version = draft(process, author)

    shown = selectors.problems_of(version)
    sent = actions.submit_version(version_id=version.pk, actor=author)

    assert ("P", "standard.owner", "warning") in [(one.element, one.rule, one.severity) for one in shown]
    assert sent.state == VersionState.IN_REVIEW


def test_a_standard_of_another_line_asks_nothing(people, process):
    _, author, _ = people
    stored("owner", line=make_line("elsewhere"))

    sent = actions.submit_version(version_id=draft(process, author).pk, actor=author)

    assert sent.state == VersionState.IN_REVIEW


def test_an_owner_and_a_backup_who_are_still_here_keep_the_standard(people, process):
    _, author, approver = people
    stored("owner")
    stored("backup")
    version = draft(process, author)
    keep = {"process_key": "P", "runbook_url": "", "description": "", "actor": author}

    actions.describe_process(owner_id=author.pk, backup_id=approver.pk, **keep)
    approver.is_active = False
    approver.save()

    broken = refused(errors.StandardsNotKept, lambda: actions.submit_version(version_id=version.pk, actor=author))
    assert [problem["rule"] for problem in broken.facts["problems"]] == ["standard.backup"]


def test_a_window_of_the_line_counts_until_it_ends(people):
    from tests.factories.engine import PlanText, line, person

    text = PlanText("P").user("a").flow("start", "a", "end")
    row = make_window(text, "a", latest_end="15:00")
    stored("window", "human", line=line())
    xml = document(elements("user:a"))

    kept = selectors.broken_standards(xml, row.process)
    row.valid_until = row.valid_from
    row.save()

    assert kept == []
    assert [problem.element for problem in selectors.broken_standards(xml, row.process)] == ["a"]
    assert person("author")


# -- who keeps them --------------------------------------------------------------------------------------------------


def test_an_administrator_of_the_line_keeps_its_standards_and_a_superuser_those_of_all(people):
    line, author, _ = people
    keeper, root = make_user("keeper"), make_user("root", superuser=True)
    give_role(keeper, line, Role.ADMIN)

    mine = actions.save_standard(standard=asked("owner", line=line), actor=keeper)
    everybodys = actions.save_standard(standard=asked("backup"), actor=root)

    refused(NotPermitted, lambda: actions.save_standard(standard=asked("runbook"), actor=keeper))
    refused(NotPermitted, lambda: actions.save_standard(standard=asked("runbook", line=line), actor=author))
    refused(NotPermitted, lambda: actions.remove_standard(standard=everybodys, actor=keeper))
    actions.remove_standard(standard=mine, actor=keeper)
    assert list(SiteStandard.objects.all()) == [everybodys]
    assert Entry.objects.filter(kind="standard.changed").count() == 3


def test_a_standard_is_not_taken_from_all_lines_by_giving_it_to_ones_own(people):
    line, _, _ = people
    keeper = make_user("keeper")
    give_role(keeper, line, Role.ADMIN)
    row = stored("owner")
    row.line = line

    refused(NotPermitted, lambda: actions.save_standard(standard=row, actor=keeper))


def test_parts_that_do_not_fit_are_refused(people):
    root = make_user("root", superuser=True)

    refused(errors.StandardUnusable, lambda: actions.save_standard(standard=asked("id", pattern="("), actor=root))


def test_a_fresh_installation_begins_with_warnings_and_keeps_what_was_decided(db):
    call_command("standards", "load")
    SiteStandard.objects.exclude(kind="owner").delete()
    call_command("standards", "load")

    assert list(SiteStandard.objects.values_list("kind", "severity")) == [("owner", "warning")]
    assert all(is_usable(kind, about, pattern) for kind, about, pattern, *_ in actions.standards.OF_THE_HOUSE)


# -- pages and programs ----------------------------------------------------------------------------------------------


def api_of(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def page_of(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def test_the_check_of_a_process_asks_the_standards_of_its_line_and_without_a_process_none(people, process):
    _, author, _ = people
    stored("owner")
    model = {"model_xml": simple_model()}

    with_process = api_of(author).post("/api/check/", {**model, "process": "P"}, format="json").json()
    without = api_of(author).post("/api/check/", model, format="json").json()
    foreign = api_of(make_user("stranger")).post("/api/check/", {**model, "process": "P"}, format="json")

    assert [one["rule"] for one in with_process if one not in without] == ["standard.owner"]
    assert foreign.status_code == 404


def test_an_author_says_on_a_page_who_keeps_the_process(people, process):
    _, author, approver = people
    facts = {"owner": author.pk, "backup": approver.pk, "runbook_url": "https://wiki/p", "description": "Pays."}

    answer = page_of(author).post("/processes/P/keeping/", facts, follow=True)

    process.refresh_from_db()
    assert (process.owner, process.backup, process.description) == (author, approver, "Pays.")
    assert "https://wiki/p" in answer.text
    assert "负责人" in page_of(author, "zh-hans").get("/processes/P/").text
    (fact,) = Entry.objects.filter(kind="process.described")
    assert fact.data["after"]["owner_id"] == str(author.pk)


def test_the_same_person_is_not_owner_and_backup(people, process):
    _, author, approver = people
    page = page_of(author)
    before = everything()

    answer = page.post("/processes/P/keeping/", {"owner": author.pk, "backup": author.pk})

    assert answer.status_code == 422
    assert "another person" in answer.text
    assert everything() == before
    assert page_of(approver).get("/processes/P/keeping/").status_code == 403


def test_who_may_not_see_the_line_cannot_keep_its_processes(people, process):
    _, author, _ = people
    stranger = make_user("stranger")
    keep = {"process_key": "P", "runbook_url": "", "description": "", "actor": author}

    refused(errors.NotOfTheLine, lambda: actions.describe_process(owner_id=stranger.pk, backup_id=None, **keep))
    with pytest.raises(NotFound):
        selectors.keeper_named(process, "stranger")


def test_a_program_reads_and_says_who_keeps_a_process(people, process):
    _, author, approver = people
    facts = {"owner": "author", "backup": "approver", "runbook_url": "", "description": ""}

    said = api_of(author).put(API, facts, format="json")
    read = api_of(approver).get(API)
    kept_out = api_of(approver).put(API, facts, format="json")

    assert (said.status_code, kept_out.status_code) == (200, 403)
    assert (read.json()["owner"], read.json()["backup"]) == ("author", "approver")


def test_administrators_write_standards_in_the_admin_site(people):
    root = make_user("root", superuser=True)
    page = page_of(root)
    facts = {"line": "", "kind": "id", "about": "steps", "pattern": "(", "severity": "error", "hint_zh": "", "hint_en": ""}

    unusable = page.post("/admin/processes/sitestandard/add/", facts, follow=True)
    page.post("/admin/processes/sitestandard/add/", {**facts, "pattern": "[a-z]+"})

    assert "cannot be asked" in unusable.text
    assert list(SiteStandard.objects.values_list("pattern", flat=True)) == ["[a-z]+"]


def test_standards_cost_the_same_few_statements_however_many_there_are(people, process, django_assert_num_queries):
    _, author, _ = people
    version = selectors.version_for(author, "P", draft(process, author).number)
    version.process.owner = author
    stored("owner")
    stored("window", "human")

    with django_assert_num_queries(3):
        selectors.broken_standards(version.model_xml.encode(), version.process)

    for number in range(20):
        stored("id", "steps", pattern=f"x{number}")
    with django_assert_num_queries(3):
        selectors.broken_standards(version.model_xml.encode(), version.process)
