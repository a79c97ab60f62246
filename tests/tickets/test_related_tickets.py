"""How tickets stand to each other: both ends say so, and nothing leads back to itself."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.people.states import Role
from apps.tickets.actions import move_ticket, part_tickets, raise_ticket, relate_tickets
from apps.tickets.core.naming import names_in, numbers_in
from apps.tickets.core.relations import leads_back
from apps.tickets.errors import NoOtherTicket, RelatedInACircle, RelatedTooMuch
from apps.tickets.models import Relation
from apps.tickets.selectors.links import related_to
from apps.tickets.states import MOST_RELATIONS, Move, RelationKind
from tests.factories.people import give_role, make_line, make_member


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def author(line):
    return make_member("author", Role.PROCESS_AUTHOR, line=line)


def made(author, line, count):
    return [raise_ticket(line_id=line.pk, title=f"wish {number}", actor=author) for number in range(count)]


def related(person, ticket):
    with translation.override("en"):
        return [(str(each.label), each.other.pk) for each in related_to(person, ticket)]


def relate(ticket, kind, other, actor):
    return relate_tickets(ticket_id=ticket.pk, kind=kind, other=other.name, actor=actor)


@pytest.mark.django_db
def test_both_ends_say_how_they_stand_to_each_other(author, line):
    one, other, double = made(author, line, 3)
    move_ticket(ticket_id=double.pk, move=Move.DUPLICATE, actor=author, other=one.name)

    first = relate(one, RelationKind.BLOCKS, other, author)
    again = relate(one, RelationKind.BLOCKS, other, author)

    assert first == again
    assert related(author, one) == [("blocks", other.pk), ("is duplicated by", double.pk)]
    assert related(author, other) == [("is blocked by", one.pk)]
    assert Entry.objects.filter(kind="ticket.related").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(RelationKind))
def test_nothing_leads_back_to_itself(author, line, kind):
    one, two, three = made(author, line, 3)
    relate(one, kind, two, author)
    relate(two, kind, three, author)

    for source, target in ((three, one), (two, one), (one, one)):
        with pytest.raises(RelatedInACircle):
            relate(source, kind, target, author)

    assert Relation.objects.count() == 2
    assert Entry.objects.filter(kind="ticket.related").count() == 4


@pytest.mark.django_db
def test_a_ticket_is_part_of_one_other(author, line):
    one, two, part = made(author, line, 3)
    relate(one, RelationKind.PARENT, part, author)

    with pytest.raises(RelatedInACircle):
        relate(two, RelationKind.PARENT, part, author)

    assert related(author, part) == [("is part of", one.pk)]


@pytest.mark.django_db
def test_a_relation_is_taken_away_from_either_end(author, line):
    one, two, three = made(author, line, 3)
    relation = relate(one, RelationKind.BLOCKS, two, author)

    with pytest.raises(NotFound):
        part_tickets(ticket_id=three.pk, relation_id=relation.pk, actor=author)
    part_tickets(ticket_id=two.pk, relation_id=relation.pk, actor=author)

    assert related(author, one) == []
    assert Entry.objects.filter(kind="ticket.parted").count() == 2


@pytest.mark.django_db
def test_who_may_not_write_relates_nothing_and_strangers_are_told_of_nothing(author, line):
    looker = make_member("looker", Role.OPERATOR, line=line)
    elsewhere = make_line("options")
    secret = raise_ticket(line_id=elsewhere.pk, title="a secret", actor=make_member("other", *Role, line=elsewhere))
    both = make_member("both", Role.PROCESS_AUTHOR, line=line)
    give_role(both, elsewhere, Role.OPERATOR)
    one, two = made(author, line, 2)

    with pytest.raises(NotPermitted):
        relate(one, RelationKind.BLOCKS, two, looker)
    with pytest.raises(NoOtherTicket):
        relate(one, RelationKind.BLOCKS, secret, author)
    relate(one, RelationKind.BLOCKS, secret, both)

    assert related(both, one) == [("blocks", secret.pk)]
    assert related(author, one) == []


@pytest.mark.django_db
def test_a_ticket_has_so_many_relations_and_no_more(author, line):
    one, *others, last = made(author, line, MOST_RELATIONS + 2)
    Relation.objects.bulk_create(Relation(source=one, kind="blocks", target=other) for other in others)

    with pytest.raises(RelatedTooMuch):
        relate(one, RelationKind.BLOCKS, last, author)

    assert Relation.objects.count() == MOST_RELATIONS


@pytest.mark.django_db
def test_the_page_and_programs_relate_and_part(client, author, line):
    one, two = made(author, line, 2)
    client.force_login(author)

    refused = client.post(f"/tickets/{one.name}/relations/", {"kind": "blocks", "other": one.name})
    done = client.post(f"/tickets/{one.name}/relations/", {"kind": "blocks", "other": two.name.lower()})
    page = client.get(f"/tickets/{two.name}/").content.decode()
    told = client.get(f"/api/tickets/{one.name}/relations/").json()["results"]
    gone = client.delete(f"/api/tickets/{one.name}/relations/{told[0]['id']}/")
    anew = client.post(
        f"/api/tickets/{one.name}/relations/", {"kind": "follows", "other": two.name}, content_type="application/json"
    )
    parted = client.post(f"/tickets/{one.name}/relations/", {"part": anew.json()["results"][0]["id"]})

    assert (refused.status_code, done.status_code) == (409, 302)
    assert f"/tickets/{one.name}/" in page
    assert (told[0]["other"], gone.status_code, anew.status_code, parted.status_code) == (two.name, 204, 201, 302)
    assert not Relation.objects.exists()


EDGES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20)


@given(EDGES)
def test_edges_that_are_let_in_never_close_a_circle(wanted):
    after: dict[int, set[int]] = {}
    for source, target in wanted:
        if not leads_back(lambda keys: {end for key in keys for end in after.get(key, ())}, source, target):
            after.setdefault(source, set()).add(target)

    left = {node: set(ends) for node, ends in after.items()}
    while leaves := [node for node in left if not left[node] & left.keys()]:
        for leaf in leaves:
            del left[leaf]
    assert left == {}


@pytest.mark.parametrize(
    ("text", "names", "numbers"),
    [
        ("REQ-2026-0007、def-2026-12", ["requirement 7", "defect 12"], ["REQ-2026-0007", "def-2026-12"]),
        ("见TD-1001，批次#3", [], ["TD-1001"]),
        ("XREQ-2026-0007 REQ-2026-0007-1", [], ["XREQ-2026-0007", "REQ-2026-0007-1"]),
        ("更正交收指令", [], []),
    ],
)
def test_a_text_names_tickets_by_their_numbers(text, names, numbers):
    assert [f"{name.kind} {name.number}" for name in names_in(text)] == names
    assert numbers_in(text) == numbers
