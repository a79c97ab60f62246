"""Many tickets at once: a preview without a trace, an outcome for each, sums that add up; from files and the clipboard."""

import io
import json
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from apps.journal.models import Entry
from apps.people.states import Role
from apps.tickets.actions import edit_ticket, edit_tickets, move_ticket, raise_ticket, raise_tickets
from apps.tickets.core.sheets import guessed, read_rows
from apps.tickets.models import Counter, Ticket
from apps.tickets.states import MOST_TOGETHER, Kind, Move, Priority
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db

NAMES = "标题\t业务条线\t类型\t优先级\t截止日期\t外部编号\t备注"


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def author(line):
    return make_member("author", Role.PROCESS_AUTHOR, line=line)


@pytest.fixture
def client(author):
    visitor = Client()
    visitor.force_login(author)
    return visitor


def made(actor, line, title="交收指令", **facts):
    return raise_ticket(line_id=line.pk, title=title, actor=actor, **facts)


def rejected(line):
    approver = make_member("approver", Role.PROCESS_APPROVER, line=line)
    ticket = made(approver, line)
    return move_ticket(ticket_id=ticket.pk, move=Move.REJECT, actor=make_member("chief", *Role, line=line), reason="no")


def results(page):
    return re.findall(r'data-result="(\w+)"', page)


def sums(page):
    return [
        int(number) for number in re.findall(r"<span>(\d+) [^<]+</span>", page.split('<ul class="sums">')[1].split("</ul>")[0])
    ]


def test_trying_says_what_would_become_of_each_and_leaves_no_trace(author, line):
    open_one, ended = made(author, line, labels=["old"]), rejected(line)
    same = made(author, line, priority=Priority.HIGH, labels=["new"])
    entries = Entry.objects.count()

    told = edit_tickets(
        ticket_ids=[open_one.pk, ended.pk, same.pk], facts={"priority": Priority.HIGH}, labels=["new"], actor=author, sure=False
    )

    assert [outcome.result for outcome in told] == ["done", "refused", "same"]
    assert told[0].fields == {"priority": [str(Priority.NORMAL), str(Priority.HIGH)], "labels": ["old", "new, old"]}
    assert Entry.objects.count() == entries
    open_one.refresh_from_db()
    assert open_one.priority == Priority.NORMAL


def test_what_is_refused_for_one_stops_no_other(author, line):
    first, ended, last = made(author, line), rejected(line), made(author, line)

    told = edit_tickets(ticket_ids=[first.pk, ended.pk, last.pk], facts={"product": "ETF"}, actor=author, sure=True)

    assert [outcome.result for outcome in told] == ["done", "refused", "done"]
    assert list(Ticket.objects.order_by("pk").values_list("product", flat=True)) == ["ETF", "", "ETF"]
    assert Entry.objects.filter(kind="ticket.edited").count() == 2


def test_a_number_that_was_tried_is_given_to_the_next_ticket(author, line):
    told = raise_tickets(wanted=[{"line_id": line.pk, "title": "one"}], actor=author, sure=False)

    assert told[0].ticket is not None
    assert not Ticket.objects.exists()
    assert not Counter.objects.filter(last__gt=0).exists()
    assert made(author, line).name == told[0].ticket.name


def test_two_rows_with_one_number_of_the_client_are_told_apart_before_anything_is_raised(author, line):
    wanted = [{"line_id": line.pk, "title": title, "external_number": "TD-1"} for title in ("one", "two")]

    told = raise_tickets(wanted=wanted, actor=author, sure=False)

    assert [outcome.result for outcome in told] == ["done", "refused"]
    assert "TD-1" in told[1].refusal


@pytest.mark.parametrize(
    "data",
    [
        "title,due\n交收,2026-03-03\n,\n".encode(),
        b"\xef\xbb\xbftitle,due\r\n\xe4\xba\xa4\xe6\x94\xb6,2026-03-03\r\n",
        "title\tdue\n交收\t2026-03-03\n".encode(),
        '"title","due"\n"交收","2026-03-03","more"\n'.encode(),
    ],
)
def test_files_with_commas_and_the_clipboard_are_read_alike(data):
    assert read_rows(data) == [["title", "due"], ["交收", "2026-03-03"]]


def test_an_excel_file_is_read_as_it_looks():
    assert read_rows(excel([["title", "due", "number"], ["交收", date(2026, 3, 3), 7.0], [None, None, None]])) == [
        ["title", "due", "number"],
        ["交收", "2026-03-03", "7"],
    ]


@pytest.mark.parametrize("data", [b"PK\x03\x04 no", "标题".encode("gb18030")])
def test_what_is_no_sheet_is_refused(data):
    with pytest.raises(ValueError):
        read_rows(data)


def test_columns_are_known_by_their_usual_names_each_once():
    assert guessed(["标题", "Due", "title", "whatever", "优先级"]) == ["title", "due_date", "", "", "priority"]


def excel(rows):
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def pasted(line):
    return "\n".join(
        [
            NAMES,
            f"交收失败\t{line.name_zh}\t缺陷\t高\t2026/3/3\tTD-1\tx",
            f"Margin\t{line.code}\tdefect\t1\t2026-03-03\t\t",
            "\trtgs-sh\t\t\t\t\t",
            "Somewhere else\toptions\t\t\t\t\t",
        ]
    )


def test_rows_from_the_clipboard_are_tried_then_raised_and_the_sums_add_up(client, line):
    make_line("options")

    tried = client.post("/tickets/import/", {"pasted": pasted(line)})
    page = tried.content.decode()

    assert results(page) == ["done", "done", "refused", "refused"]
    assert sums(page) == [2, 0, 2]
    assert not Ticket.objects.exists()

    rows = json.dumps(read_rows(pasted(line).encode()))
    columns = ["title", "line", "kind", "priority", "due_date", "external_number", ""]
    page = client.post("/tickets/import/", {"rows": rows, "column": columns, "sure": "1"}).content.decode()

    assert results(page) == ["done", "done", "refused", "refused"]
    one, two = Ticket.objects.order_by("pk")
    assert (one.title, one.kind, one.external_number, one.due_date) == ("交收失败", Kind.DEFECT, "TD-1", date(2026, 3, 3))
    assert (two.title, two.kind, two.priority) == ("Margin", Kind.DEFECT, 1)
    assert f"/tickets/{one.name}/" in page


def test_another_meaning_of_a_column_is_tried_again(client, line):
    rows = json.dumps([["a", "b"], ["交收失败", line.code]])

    left_out = client.post("/tickets/import/", {"rows": rows, "column": ["", ""]}).content.decode()
    told = client.post("/tickets/import/", {"rows": rows, "column": ["title", "line"]}).content.decode()

    assert results(left_out) == ["refused"]
    assert results(told) == ["done"]
    assert not Ticket.objects.exists()


def test_what_is_refused_comes_back_as_a_table_with_the_reasons(client, line):
    rows = json.dumps([["title", "line"], ["交收", line.code], ["=1+1", "nowhere"]])

    answer = client.post("/tickets/import/refused/", {"rows": rows, "column": ["title", "line"]})

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "title,line,!"
    assert len(lines) == 2
    assert lines[1].startswith("'=1+1,nowhere,")
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"pasted": ""},
        {"pasted": "title"},
        {"pasted": "title\n" + "x\n" * (MOST_TOGETHER + 1)},
        {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04 no")},
        {"rows": "no"},
        {"rows": "[[1],[2,3]]"},
        {"rows": json.dumps([["title"]] * (MOST_TOGETHER + 2))},
    ],
)
def test_what_is_no_sheet_of_tickets_is_refused_on_the_form(client, line, sent):
    answer = client.post("/tickets/import/", sent)

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not Ticket.objects.exists()


def test_an_excel_file_is_raised_from(client, line):
    file = SimpleUploadedFile("a.xlsx", excel([["title", "line"], ["交收", line.code]]))

    assert results(client.post("/tickets/import/", {"file": file}).content.decode()) == ["done"]


def test_a_choice_is_frozen_and_tickets_of_other_lines_are_not_in_it(client, author, line):
    mine, ended = made(author, line), rejected(line)
    options = make_line("options")
    foreign = made(make_member("stranger", *Role, line=options), options, "secret")
    said = {"ticket": [mine.pk, ended.pk, foreign.pk], "due_date": "2026-03-03"}

    page = client.post("/tickets/together/", said).content.decode()

    assert results(page) == ["done", "refused"]
    assert sums(page) == [1, 0, 1]
    assert "secret" not in page
    assert re.findall(r'name="ticket" value="(\d+)"', page) == [str(mine.pk), str(ended.pk)]
    assert not Ticket.objects.exclude(due_date=None).exists()

    made(author, line)
    page = client.post("/tickets/together/", {**said, "sure": "1"}).content.decode()

    assert results(page) == ["done", "refused"]
    assert list(Ticket.objects.exclude(due_date=None)) == [mine]


@pytest.mark.parametrize(
    "said", [{}, {"priority": "1"}, {"ticket": "1"}, {"ticket": "1", "priority": "9"}, {"ticket": "²", "priority": "1"}]
)
def test_nothing_chosen_or_nothing_said_is_asked_again(client, author, line, said):
    made(author, line)

    answer = client.post("/tickets/together/", said)

    assert answer.status_code == 422
    assert not Entry.objects.filter(kind="ticket.edited").exists()


def test_who_may_only_look_changes_nothing(line, author):
    ticket = made(author, line)
    looker = make_member("looker", Role.AUDITOR, line=line)

    told = edit_tickets(ticket_ids=[ticket.pk], facts={"priority": Priority.HIGH}, actor=looker, sure=True)

    assert [outcome.result for outcome in told] == ["refused"]
    ticket.refresh_from_db()
    assert ticket.priority == Priority.NORMAL


def test_editing_one_still_answers_with_it(author, line):
    ticket = made(author, line)

    assert edit_ticket(ticket_id=ticket.pk, product="ETF", actor=author).product == "ETF"
