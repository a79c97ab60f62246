"""A working copy is drawn by several people: no save is lost, and it becomes a draft only when the checker agrees."""

import pytest
from django.db import DatabaseError, transaction

from apps.approvals.errors import SamePerson
from apps.journal.models import Entry
from apps.kernel.errors import DomainError, NotPermitted, StaleState
from apps.people.states import Role
from apps.processes import actions
from apps.processes.errors import EditedMeanwhile, ModelRefused, NotAModel
from apps.processes.models import ProcessVersion, WorkingCopy, WorkingCopyRevision
from apps.processes.selectors import versions_awaiting
from tests.factories.people import give_role, make_user
from tests.factories.processes import cast, draft, make_process, simple_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    line, author, approver = cast()
    second = make_user("second")
    give_role(second, line, Role.PROCESS_AUTHOR)
    return author, second, approver, line


@pytest.fixture
def process(people):
    author, _, _, line = people
    return make_process(line, author)


def opened(process, person):
    return actions.open_working_copy(process_key=process.key, actor=person)


def save(process, person, model_xml, seen):
    return actions.save_working_copy(process_key=process.key, model_xml=model_xml, seen=seen, actor=person)


def everything():
    return (
        list(WorkingCopyRevision.objects.order_by("id").values_list("number", "model_xml")),
        list(WorkingCopy.objects.values_list("revision", flat=True)),
        ProcessVersion.objects.count(),
        Entry.objects.count(),
    )


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


def test_a_process_without_versions_begins_with_a_model_that_begins_and_ends(people, process):
    author, *_ = people

    first = opened(process, author)
    finished = actions.finish_working_copy(process_key=process.key, seen=first.number, note="empty", actor=author)

    assert first.number == 1
    assert finished.number == 1
    assert not WorkingCopy.objects.exists()


def test_it_begins_with_the_newest_version_and_everybody_opens_the_same(people, process):
    author, second, *_ = people
    version = draft(process, author)

    mine, theirs = opened(process, author), opened(process, second)

    assert mine == theirs
    assert mine.model_xml == version.model_xml
    assert mine.working_copy.base == version


def test_every_save_is_a_revision_and_an_entry_and_the_same_again_is_none(people, process):
    author, *_ = people
    first = opened(process, author)

    second = save(process, author, simple_model(step="b"), first.number)
    again = save(process, author, simple_model(step="b"), second.number)

    assert (second.number, again.number) == (2, 2)
    entries = Entry.objects.filter(stream="process.P", kind__startswith="working_copy.")
    assert list(entries.order_by("id").values_list("kind", flat=True)) == ["working_copy.opened", "working_copy.saved"]


def test_two_who_changed_different_elements_both_keep_their_work(people, process):
    author, second, *_ = people
    draft(process, author)
    base = opened(process, author)

    mine = save(process, author, base.model_xml.replace('name="a"', 'name="mine"'), base.number)
    merged = save(process, second, base.model_xml.replace('name="e"', 'name="theirs"'), base.number)

    assert (mine.number, merged.number) == (2, 3)
    assert 'name="mine"' in merged.model_xml
    assert 'name="theirs"' in merged.model_xml
    assert Entry.objects.get(data__revision=3).data["merged_with"] == 2


def test_two_who_changed_the_same_element_are_told_and_nothing_is_lost(people, process):
    author, second, *_ = people
    draft(process, author)
    base = opened(process, author)
    save(process, author, base.model_xml.replace('name="a"', 'name="mine"'), base.number)

    refusal = refused(
        EditedMeanwhile, lambda: save(process, second, base.model_xml.replace('name="a"', 'name="other"'), base.number)
    )

    assert refusal.http_status == 409
    assert refusal.facts["by"] == str(author)
    assert refusal.facts["elements"] == "a"


def test_a_model_with_errors_is_kept_but_does_not_become_a_draft(people, process):
    author, *_ = people
    first = opened(process, author)
    broken = simple_model().replace('targetRef="e"', 'targetRef="nowhere"')

    revision = save(process, author, broken, first.number)

    assert revision.model_xml == broken
    refused(ModelRefused, lambda: actions.finish_working_copy(process_key="P", seen=2, note="", actor=author))


@pytest.mark.parametrize("text", ["", "not xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a><b></a>"])
def test_what_is_no_document_is_not_saved(people, process, text):
    author, *_ = people
    opened(process, author)

    refused(NotAModel, lambda: save(process, author, text, 1))


def test_only_authors_of_the_line_open_save_finish_or_discard(people, process):
    author, _, approver, _ = people
    opened(process, author)

    for work in (
        lambda: opened(process, approver),
        lambda: save(process, approver, simple_model(), 1),
        lambda: actions.finish_working_copy(process_key="P", seen=1, note="", actor=approver),
        lambda: actions.discard_working_copy(process_key="P", seen=1, reason="", actor=approver),
    ):
        refused(NotPermitted, work)


def test_who_has_not_seen_the_newest_revision_neither_finishes_nor_discards_it(people, process):
    author, second, *_ = people
    opened(process, author)
    save(process, second, simple_model(), 1)

    refused(StaleState, lambda: actions.finish_working_copy(process_key="P", seen=1, note="", actor=author))
    refused(StaleState, lambda: actions.discard_working_copy(process_key="P", seen=1, reason="", actor=author))


def test_a_discarded_copy_is_gone_and_the_journal_says_why(people, process):
    author, *_ = people
    opened(process, author)

    actions.discard_working_copy(process_key="P", seen=1, reason="begun for nothing", actor=author)

    assert not WorkingCopyRevision.objects.exists()
    assert Entry.objects.get(kind="working_copy.discarded").data["reason"] == "begun for nothing"
    refused(DomainError, lambda: save(process, author, simple_model(), 1))


def test_a_revision_too_old_to_merge_with_is_refused(people, process, monkeypatch):
    monkeypatch.setattr("apps.processes.actions.working_copies.KEPT_REVISIONS", 2)
    author, *_ = people
    opened(process, author)
    for number, step in enumerate("bcd", start=1):
        save(process, author, simple_model(step=step), number)

    refused(StaleState, lambda: save(process, author, simple_model(step="z"), 1))


def test_who_has_drawn_a_part_of_a_version_does_not_approve_it(people, process):
    author, other, checker, line = people
    give_role(other, line, Role.PROCESS_APPROVER)
    opened(process, author)
    save(process, other, simple_model(process.key, "theirs"), 1)
    version = actions.finish_working_copy(process_key=process.key, seen=2, note="ours", actor=author)
    actions.submit_version(version_id=version.pk, actor=author)
    before = everything()

    with pytest.raises(SamePerson):
        actions.approve_version(version_id=version.pk, actor=other)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProcessVersion.objects.filter(pk=version.pk).update(approver=other)

    assert everything() == before
    assert [person.username for person in version.co_authors.all()] == [other.username]
    assert not versions_awaiting(other).exists()
    assert actions.approve_version(version_id=version.pk, actor=checker).state == "approved"
