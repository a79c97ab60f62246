"""Comments beside things: who may write and read them, who is told, and what may still be changed."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from apps.approvals.actions import decide
from apps.comments.actions import edit_comment, mark_read, settle, write_comment
from apps.comments.core.mentions import mentioned, not_mentioned
from apps.comments.errors import NothingSaid, NotTheAuthor, Settled, TooLong
from apps.comments.models import Comment, Mention, Thread, Wording
from apps.comments.selectors import PAGE, comments_on, mentions_of
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.models import Membership
from apps.people.states import Role
from apps.recon.actions import explain_break
from apps.tickets.actions import move_ticket, raise_ticket
from apps.tickets.states import Move
from tests.factories.approvals import begin_approval, make_flow, register_things
from tests.factories.people import make_line, make_member
from tests.factories.recon import a_break

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """A ticket, who raised it, two colleagues, and somebody from another line."""
    author, ann, bob = (make_member(name, Role.PROCESS_AUTHOR) for name in ("author", "ann", "bob"))
    stranger = make_member("stranger", *Role, line=make_line("other"))
    return raise_ticket(line_id=make_line().pk, title="a wish", actor=author), ann, bob, stranger


def kept():
    """Everything that must not change on a refusal."""
    return [list(model.objects.values()) for model in (Thread, Comment, Wording, Mention)], Entry.objects.count()


def say(ticket, text, actor):
    return write_comment(kind="ticket", key=ticket.pk, text=text, actor=actor)


def client_of(person):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("text", "found", "others"),
    [
        ("@ann please", {"ann"}, []),
        ("请@zhang.wei看一下", {"zhang.wei"}, []),
        ("@zhang.wei. And @ann, too", {"zhang.wei", "ann"}, []),
        ("@anna and @bert.", set(), ["anna", "bert"]),
        ("@zhang", {"zhang"}, []),
        ("mail ann@zhang or joe@ann", set(), []),
        ("nobody @ all", set(), []),
    ],
)
def test_whole_names_behind_an_at_are_mentioned_and_the_others_told_apart(text, found, others):
    names = mentioned(text, ["ann", "zhang", "zhang.wei"])

    assert names == found
    assert not_mentioned(text, names) == others


def test_who_is_named_and_may_see_it_is_told_and_the_writer_hears_of_the_others(cast):
    ticket, ann, bob, stranger = cast

    said = say(ticket, " @bob and @stranger, @ann: look ", ann)

    assert said.not_told == ["stranger"]
    fact = Entry.objects.get(stream=f"comment.ticket.{ticket.pk}")
    assert (fact.kind, fact.actor, fact.line) == ("comment.written", ann, "rtgs-sh")
    assert (fact.data["text"], fact.data["mentions"]) == ("@bob and @stranger, @ann: look", [bob.pk])
    assert [mentions_of(person).count() for person in (ann, bob, stranger)] == [0, 1, 0]


def test_a_comment_needs_words_and_somebody_who_may_see_the_thing(cast):
    ticket, ann, _, stranger = cast
    before = kept()

    for text, refusal in (("  ", NothingSaid), ("x" * 4001, TooLong)):
        with pytest.raises(refusal):
            say(ticket, text, ann)
    for kind, key, actor in (("ticket", ticket.pk, stranger), ("ticket", 2**70, ann), ("weather", 1, ann)):
        with pytest.raises(NotFound):
            write_comment(kind=kind, key=key, text="hello", actor=actor)

    assert kept() == before


def test_a_changed_comment_keeps_what_it_said_and_tells_who_is_newly_named(cast):
    ticket, ann, bob, _ = cast
    chris = make_member("chris", Role.PROCESS_AUTHOR)
    comment = say(ticket, "@bob see", ann).comment
    mark_read(threads=[comment.thread_id], actor=bob)

    edit_comment(comment_id=comment.pk, text="@bob @chris see", actor=ann)
    edit_comment(comment_id=comment.pk, text="@bob @chris see", actor=ann)

    (shown,), _ = comments_on("ticket", ticket.pk)
    assert shown.text == "@bob @chris see"
    assert [each.text for each in shown.wordings.all()] == ["@bob see"]
    fact = Entry.objects.get(kind="comment.edited")
    assert (fact.data["before"], fact.data["mentions"]) == ("@bob see", [chris.pk])
    assert [mentions_of(person).count() for person in (bob, chris)] == [0, 1]


def test_only_its_writer_changes_a_comment(cast):
    ticket, ann, bob, stranger = cast
    comment = say(ticket, "so", ann).comment
    before = kept()

    with pytest.raises(NotTheAuthor):
        edit_comment(comment_id=comment.pk, text="no", actor=bob)
    with pytest.raises(NotFound):
        edit_comment(comment_id=comment.pk, text="no", actor=stranger)
    with pytest.raises(NothingSaid):
        edit_comment(comment_id=comment.pk, text=" ", actor=ann)

    assert kept() == before


def test_what_was_said_before_a_decision_stays_and_what_comes_after_may_change(cast):
    ticket, ann, bob, _ = cast
    early = say(ticket, "before", ann).comment
    with clock.fixed_at(clock.now() + timedelta(seconds=1)):
        settle("ticket", ticket.pk)
    before = kept()

    with pytest.raises(Settled):
        edit_comment(comment_id=early.pk, text="never said", actor=ann)

    assert kept() == before
    with clock.fixed_at(clock.now() + timedelta(seconds=2)):
        late = say(ticket, "after", bob).comment
        edit_comment(comment_id=late.pk, text="after all", actor=bob)
    assert Comment.objects.get(pk=late.pk).text == "after all"


def test_decisions_settle_what_was_said_beside_approvals_tickets_and_breaks(cast):
    ticket, ann, _, _ = cast
    register_things()
    manager, operator = make_member("manager", Role.MANAGER), make_member("operator", Role.OPERATOR)
    make_flow(make_line(), {"people": [manager]})
    approval, difference = begin_approval(make_line(), ann), a_break()
    things = {"ticket": ticket.pk, "approval": approval.pk, "break": difference.pk}
    comments = [write_comment(kind=kind, key=key, text="so", actor=ann).comment for kind, key in things.items()]

    decide(approval_id=approval.pk, verb="approve", actor=manager)
    move_ticket(ticket_id=ticket.pk, move=Move.TRIAGE, seen=ticket.state, actor=ann)
    explain_break(break_id=difference.pk, actor=operator, reason="known")

    assert Thread.objects.filter(settled_at=None).count() == 0
    for comment in comments:
        with pytest.raises(Settled):
            edit_comment(comment_id=comment.pk, text="no", actor=ann)


def test_a_mention_waits_no_more_for_who_may_not_see_the_thing_any_more(cast):
    ticket, ann, bob, _ = cast
    say(ticket, "@bob", ann)

    Membership.objects.filter(user=bob).delete()

    assert not mentions_of(bob).exists()


def test_many_comments_cost_as_much_as_one_and_are_paged_by_key(cast, django_assert_num_queries):
    ticket, ann, bob, _ = cast
    for number in range(PAGE + 1):
        comment = say(ticket, f"word {number} @bob", ann).comment
        edit_comment(comment_id=comment.pk, text=f"word {number}", actor=ann)

    with django_assert_num_queries(2):
        first, more = comments_on("ticket", ticket.pk)
        assert [len(each.wordings.all()) for each in first] == [1] * PAGE
    second, rest = comments_on("ticket", ticket.pk, first[-1].pk)

    assert (more, [each.text for each in second], rest) == (True, ["word 0"], False)
    with django_assert_num_queries(1):
        assert len(mentions_of(bob)) == 1


def test_the_page_shows_comments_tells_of_names_and_keeps_refused_words(cast, django_assert_max_num_queries):
    ticket, ann, bob, _ = cast
    address, part = f"/comments/ticket/{ticket.pk}/", {"HTTP_HX_REQUEST": "true"}
    for number in range(5):
        say(ticket, f"a <b> {number}", bob)

    client = client_of(ann)
    with django_assert_max_num_queries(11):
        page = client.get(address, **part).content.decode()
    said = client_of(ann).post(address, {"text": "hi @nobody"}, **part).content.decode()
    long = client_of(ann).post(address, {"text": "y" * 4001}, **part)

    assert page.count("<article") == 5
    assert "a &lt;b&gt; 4" in page
    assert "@bob" in page
    assert "is called @nobody" in said
    assert (long.status_code, "y" * 4001 in long.content.decode()) == (422, True)
    assert client_of(ann).post(address, {"text": "plain"}).status_code == 302


def test_a_refused_change_is_shown_with_its_words_and_the_writer_alone_finds_the_form(cast):
    ticket, ann, bob, _ = cast
    comment = say(ticket, "so", ann).comment
    address = f"/comments/{comment.pk}/edit/"

    refused = client_of(ann).post(address, {"text": " "}, HTTP_HX_REQUEST="true")
    done = client_of(ann).post(address, {"text": "otherwise"}, HTTP_HX_REQUEST="true")

    assert refused.status_code == 422
    assert "A comment needs words." in refused.content.decode()
    assert "otherwise" in done.content.decode()
    pages = [client_of(person).get(f"/comments/ticket/{ticket.pk}/").content.decode() for person in (ann, bob)]
    assert [f'action="{address}"' in page for page in pages] == [True, False]
    assert all("what it said before" in page for page in pages)


def test_programs_write_change_and_read_comments(cast):
    ticket, ann, bob, stranger = cast
    api = APIClient()
    api.force_login(ann)
    address = f"/api/comments/ticket/{ticket.pk}/"

    said = api.post(address, {"text": "@bob @nobody"}, format="json")
    changed = api.put(f"/api/comments/{said.json()['comment']['id']}/", {"text": "well"}, format="json")
    listed = api.get(address).json()

    assert (said.status_code, said.json()["not_told"], changed.status_code) == (201, ["nobody"], 200)
    assert [(each["author"], each["text"], each["wordings"][0]["text"]) for each in listed["results"]] == [
        ("ann", "well", "@bob @nobody")
    ]
    assert listed["next"] is None
    assert [api.get(f"{address}?last={last}").status_code for last in ("x", "1")] == [400, 200]
    api.force_login(bob)
    (mention,) = api.get("/api/comments/mentions/").json()
    assert (mention["about"], mention["key"], mention["by"]) == ("ticket", ticket.pk, "ann")
    api.force_login(stranger)
    assert [api.get(address).status_code, api.post(address, {"text": "hi"}, format="json").status_code] == [404, 404]
