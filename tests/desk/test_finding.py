"""Quick find: by name, code, number, day and pinyin; of everything only what the person may see, counts included."""

import random
from datetime import date
from io import StringIO
from itertools import product

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.approvals.selectors import approvals_for
from apps.changes.actions import create_change
from apps.changes.selectors.lifecycle import changes_for
from apps.desk import selectors
from apps.desk.core.finding import LONGEST_TERM, day_in, terms_of, words_of
from apps.desk.models import FindTerm
from apps.desk.selectors.findable import FINDABLE
from apps.desk.selectors.finding import COUNTED, SHOWN
from apps.engine.selectors import runs_visible_to
from apps.files.events import FileQuarantined
from apps.files.models import ArrivedFile, Source
from apps.files.selectors import arrivals_for
from apps.journal.actions import append
from apps.kernel import clock
from apps.people.actions import grant_on_process
from apps.people.models import User
from apps.people.states import Right, Role
from apps.processes.actions import create_process
from apps.processes.selectors import processes_for
from apps.tickets.actions import edit_ticket, raise_ticket
from apps.tickets.selectors import tickets_for
from tests.desk.test_approval_pages import signed_in
from tests.factories.approvals import begin_approval, register_things
from tests.factories.engine import DAY, PlanText, begin, published
from tests.factories.people import give_role, make_line, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def author(line):
    return make_member("author", Role.PROCESS_AUTHOR, line=line)


@pytest.fixture
def stranger():
    return make_member("stranger", *Role, line=make_line("options"))


def found(person, typed):
    """By kind: the titles and the count."""
    return {hits.kind: ([hit.title for hit in hits.items], hits.count) for hits in selectors.find(person, typed)}


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("交收指令", True),
        ("指令", True),
        ("hushijiaoshou", True),
        ("jiaoshouzhi", True),
        ("hsjs", True),
        ("jszl", True),
        ("A股", True),
        ("ａ股", True),
        ("Hushi", True),
        ("hu shi", True),
        ("银行", False),
        ("oshou", False),
    ],
)
def test_a_chinese_name_is_found_from_each_sign_as_written_and_as_it_sounds(typed, fits):
    terms = terms_of(["沪市交收指令", "A股"])

    assert all(any(term.startswith(word) for term in terms) for word in words_of(typed)) is fits


def test_a_sign_sounds_as_its_neighbours_ask():
    assert "yinhang" in terms_of(["银行"])
    assert "xingqing" not in terms_of(["行情"])


def test_a_number_is_found_with_and_without_what_stands_before_it():
    assert {"req20260012", "20260012", "0012"} <= terms_of(["REQ-2026-0012"])
    assert words_of("req-2026-0012 x") == ["req20260012"]


def test_terms_are_short_and_few_however_long_the_text():
    terms = terms_of(["交收" * 100])

    assert len(terms) <= 3 * 40
    assert max(map(len, terms)) <= LONGEST_TERM


@pytest.mark.parametrize("typed", ["20260303", "2026-03-03", "2026/03/03"])
def test_a_day_is_read_however_it_is_written(typed):
    assert [day_in(word) for word in words_of(typed)] == [date(2026, 3, 3)]


def test_what_is_no_day_is_a_word():
    assert day_in("20261303") is None
    assert day_in("２０２６０３０３") is None


@pytest.fixture
def process(line, author):
    return create_process(key="settle-sh", name_zh="沪市交收", name_en="Settlement Shanghai", line_id=line.pk, actor=author)


def arrived(line, name="jsmx01.303"):
    source, _made = Source.objects.get_or_create(code=f"source-{line.code}", defaults={"line": line, "directory": "x"})
    facts = {"source": source, "line": line, "business_date": DAY, "file_code": "jsmx", "name": name, "size": 1, "sha256": "0"}
    file = ArrivedFile.objects.create(**facts, state="quarantined", arrived_at=clock.now(), once=f"{line.code}{name}")
    file_facts = {"business_date": "2026-03-02", "file_code": "jsmx", "name": name, "sha256": "0", "rules": []}
    append(FileQuarantined(line=line.code, file=file.pk, **file_facts), actor=None)
    return file


def a_run(process, author):
    published(PlanText(process.key).user("look").flow("start", "look", "end"))
    return begin(process.key, actor=make_user("root", superuser=True))


def test_each_kind_is_found_by_what_it_is_called(author, line, process):
    run = a_run(process, author)
    ticket = raise_ticket(line_id=line.pk, title="沪市交收失败", actor=author, external_number="TD-77")
    change = create_change(line_id=line.pk, title="沪市交收窗口", reason="why", kind="emergency", actor=author)
    file = arrived(line)

    told = found(author, "hsjs")

    assert told == {
        "process": (["沪市交收"], 1),
        "run": ([f"沪市交收 {DAY}"], 1),
        "ticket": ([ticket.title], 1),
        "change": ([change.title], 1),
    }
    assert found(author, "TD-77") == found(author, ticket.name) == {"ticket": ([ticket.title], 1)}
    assert found(author, "settle shang") == {kind: told[kind] for kind in ("process", "run")}
    assert found(author, "2026-03-02") == {"run": told["run"], "file": ([file.name], 1)}
    assert found(author, "jsmx01.303 20260302") == {"file": ([file.name], 1)}
    assert found(author, f"#{run.pk}")["run"] == told["run"]
    assert found(author, "author") == {"person": (["author"], 1)}


def test_an_approval_is_found_by_its_title_in_both_languages_and_by_its_number(author, line):
    register_things()
    approval = begin_approval(line, author, subject=7)

    assert found(author, "事项7") == found(author, "shixiang") == {"approval": (["事项 7"], 1)}
    assert found(author, f"{approval.pk}")["approval"] == (["事项 7"], 1)


def test_what_is_renamed_is_found_by_its_new_name_alone(author, line):
    ticket = raise_ticket(line_id=line.pk, title="交收失败", actor=author)

    edit_ticket(ticket_id=ticket.pk, title="保证金不足", actor=author)

    assert found(author, "jssb") == {}
    assert found(author, "bzj") == {"ticket": (["保证金不足"], 1)}


def test_what_was_not_committed_is_not_found(author, line):
    with transaction.atomic():
        raise_ticket(line_id=line.pk, title="交收失败", actor=author)
        transaction.set_rollback(True)

    assert found(author, "jssb") == {}
    assert not FindTerm.objects.filter(kind="ticket").exists()


def test_all_words_have_to_fit_and_one_letter_is_too_little(author, line):
    raise_ticket(line_id=line.pk, title="Margin call late", actor=author)

    assert "ticket" in found(author, "late marg")
    assert found(author, "late settlement") == {}
    assert found(author, "m") == found(author, " ") == found(author, "%") == found(author, "__") == {}


def test_what_is_called_exactly_so_comes_first_then_the_newest(author, line):
    for title in ("交收指令甲", "交收", "交收指令乙", "交收"):
        raise_ticket(line_id=line.pk, title=title, actor=author)

    hits = next(hits for hits in selectors.find(author, "交收") if hits.kind == "ticket")

    assert [hit.title for hit in hits.items] == ["交收", "交收", "交收指令乙", "交收指令甲"]
    assert hits.items[0].beside > hits.items[1].beside


def test_a_count_says_when_there_is_more_than_it_counts(author, line):
    for _each in range(COUNTED + 1):
        raise_ticket(line_id=line.pk, title="交收失败", actor=author)

    (hits,) = selectors.find(author, "jssb")

    assert (len(hits.items), hits.count, hits.is_more) == (SHOWN, COUNTED, True)


def test_a_right_on_one_process_finds_that_one_and_its_runs(author, line, process):
    create_process(key="settle-sz", name_zh="深市交收", name_en="Settlement Shenzhen", line_id=line.pk, actor=author)
    a_run(process, author)
    raise_ticket(line_id=line.pk, title="Settlement", actor=author)
    reader, root = make_user("reader"), User.objects.get(username="root")
    grant_on_process(process_key=process.key, rights=[Right.VIEW], user_id=reader.pk, actor=root, reason="a trial")

    assert found(reader, "settlement") == {
        "process": (["沪市交收"], 1),
        "run": ([f"沪市交收 {DAY}"], 1),
    }


def test_only_who_gives_or_audits_rights_finds_other_people(author, line):
    colleague = make_member("colleague", Role.OPERATOR, line=line, display_name="王敏")
    chief = make_member("chief", Role.ADMIN, line=line)

    assert found(author, "wangmin") == {}
    assert found(chief, "wangmin") == {"person": (["王敏"], 1)}
    assert found(colleague, "wangmin") == {"person": (["王敏"], 1)}


def lists_of(person):
    """What the person may see anyway, by kind."""
    return {
        "process": processes_for(person), "run": runs_visible_to(person), "ticket": tickets_for(person),
        "change": changes_for(person), "approval": approvals_for(person), "file": arrivals_for(person),
    }  # fmt: skip


def random_world(dice):
    """Three lines with three of everything, and four people who hold roles and rights by chance."""
    register_things()
    root = make_user("root", superuser=True)
    lines = [make_line(f"line-{number}") for number in range(3)]
    people = [make_user(f"settler-{number}") for number in range(4)]
    for number, copy in product(range(3), range(3)):
        place = lines[number]
        process = create_process(key=f"settle-{number}-{copy}", name_zh="交收", name_en="settle", line_id=place.pk, actor=root)
        published(PlanText(process.key).user("look").flow("start", "look", "end"))
        begin(process.key, actor=root)
        raise_ticket(line_id=place.pk, title="settle", actor=root)
        create_change(line_id=place.pk, title="settle", reason="why", kind="emergency", actor=root)
        begin_approval(place, root, subject=10 * number + copy)
        for person in people:
            if dice.random() < 0.2:
                key, rights = process.key, [Right.VIEW]
                grant_on_process(process_key=key, rights=rights, user_id=person.pk, actor=root, reason="a trial")
    for place, person in product(lines, people):
        arrived(place, f"settle-{person}.dbf")
        if dice.random() < 0.4:
            give_role(person, place, dice.choice(list(Role)))
    return lines, people


def told_to(person):
    return [hits for typed in ("settle", "thing") for hits in selectors.find(person, typed) if hits.kind != "person"]


@pytest.mark.parametrize("seed", range(6))
def test_everybody_finds_exactly_what_they_may_see(seed):
    _lines, people = random_world(random.Random(seed))

    for person in people:
        told = {hits.kind: hits.count for hits in told_to(person)}
        assert told == {kind: count for kind, seen in lists_of(person).items() if (count := seen.count())}


@pytest.mark.parametrize("seed", range(3))
def test_terms_that_name_a_wrong_line_give_nobody_more(seed):
    dice = random.Random(seed)
    lines, people = random_world(dice)
    for row in FindTerm.objects.exclude(line=None):
        FindTerm.objects.filter(pk=row.pk).update(line=dice.choice(lines).pk)

    for person in people:
        seen = {kind: {_address(kind, thing) for thing in things} for kind, things in lists_of(person).items()}
        for hits in told_to(person):
            assert hits.count <= len(seen[hits.kind])
            assert {hit.address for hit in hits.items} <= seen[hits.kind]


def _address(kind, thing):
    if kind == "run":
        return reverse("run", args=[thing.pk])
    return FINDABLE[kind].address(thing)


def test_rebuilding_changes_nothing_that_is_right_and_mends_what_is_not(author, line):
    ticket = raise_ticket(line_id=line.pk, title="交收失败", actor=author)
    before = sorted(FindTerm.objects.values_list("kind", "subject", "term", "line", "process"))
    FindTerm.objects.filter(kind="ticket", term="jssb").delete()
    FindTerm.objects.create(kind="ticket", subject=ticket.pk, term="wrong", line=line.pk)

    call_command("finding", stdout=StringIO())

    assert sorted(FindTerm.objects.values_list("kind", "subject", "term", "line", "process")) == before


def test_quick_find_asks_as_often_however_much_there_is(author, line, django_assert_num_queries):
    raise_ticket(line_id=line.pk, title="settle", actor=author)
    with CaptureQueriesContext(connection) as few:
        selectors.find(author, "settle")
    for _each in range(20):
        raise_ticket(line_id=line.pk, title="settle", actor=author)

    with django_assert_num_queries(len(few)):
        selectors.find(author, "settle")

    assert len(few) <= 14


def test_the_page_shows_hits_with_addresses_and_says_when_there_are_none(author, line, stranger):
    ticket = raise_ticket(line_id=line.pk, title="<b>交收失败", actor=author)

    page = signed_in(author).get("/find/", {"q": "jssb"}).content.decode()
    part = signed_in(author).get("/find/", {"q": "jssb"}, headers={"HX-Request": "true"}).content.decode()
    other = signed_in(stranger).get("/find/", {"q": "jssb"}).content.decode()

    assert f'href="/tickets/{ticket.name}/"' in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in part
    assert 'role="option"' in part
    assert "<html" not in part
    assert "Nothing is called so" in other
