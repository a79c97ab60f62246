"""The steps of a version as a table: their order and levels, the page, the file for spreadsheets, the rows for programs."""

import csv
import io

import pytest
from django.test import Client
from rest_framework.test import APIClient

from apps.engine.models import StepWindow
from apps.kernel import clock
from apps.people.states import Role
from apps.processes import actions
from apps.processes.core.table import Group, in_order, rows_of
from apps.processes.models import Process
from tests.factories.calendars import make_calendar
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, document, elements, flows, make_process


def lane(identity: str, name: str, *members: str) -> str:
    held = "".join(f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>" for each in members)
    return f'<bpmn:lane id="{identity}" name="{name}">{held}</bpmn:lane>'


def shape(identity: str, x: int, size: int = 100) -> str:
    bounds = f'<dc:Bounds x="{x}" y="0" width="{size}" height="{size}"/>'
    return f'<bpmndi:BPMNShape id="{identity}_di" bpmnElement="{identity}">{bounds}</bpmndi:BPMNShape>'


PHASES = lane("am", "Morning", "s", "part") + lane("pm", "Evening", "z", "e") + lane("none", "")
LANES = f'<bpmn:laneSet id="ls">{PHASES}</bpmn:laneSet>'
INSIDE = elements("end:pe manual:two user:one start:ps") + flows(["ps", "one", "two", "pe"])
TIMER = '<bpmn:timerEventDefinition clearway:timeNode="SH.OPEN"/>'
PART = (
    f'<bpmn:subProcess id="part" name="Part">{INSIDE}</bpmn:subProcess>'
    f'<bpmn:boundaryEvent id="late" attachedToRef="part">{TIMER}</bpmn:boundaryEvent>'
)
FOUR_LEVELS = document(LANES + elements("end:e user:z start:s") + PART + flows(["s", "part", "z", "e"], ["late", "e"]))


def levels(xml: bytes) -> str:
    return " ".join(f"{row.id}{row.level}" for row in rows_of(xml))


def test_four_levels_in_the_order_of_the_flows_and_not_of_the_file():
    assert levels(FOUR_LEVELS) == "P1 am2 s3 part3 ps4 one4 two4 pe4 late4 pm2 z3 e3 none2"


def test_a_row_knows_its_phase_its_part_and_its_moment():
    rows = {row.id: row for row in rows_of(FOUR_LEVELS)}

    assert (rows["one"].phase, rows["one"].part, rows["one"].role, rows["one"].group) == ("Morning", "Part", "maker", Group.STEP)
    assert (rows["late"].parent, rows["late"].deadline) == ("part", "SH.OPEN")
    assert (rows["am"].group, rows["part"].group) == (Group.PHASE, Group.PART)


def test_the_first_branch_comes_before_the_second_and_a_loop_is_not_followed():
    flows_of = {"start": ["split"], "split": ["a", "b"], "a": ["end"], "b": ["split", "end"]}

    found = in_order(["end", "b", "a", "split", "start", "lost"], lambda each: flows_of.get(each, []))

    assert [each for each in found if each != "lost"] == ["start", "split", "a", "b", "end"]


def test_a_group_that_is_drawn_around_steps_is_their_phase():
    namespaces = 'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    shapes = shape("g", 0, 200) + shape("a", 50) + shape("b", 500)
    drawn = f'<bpmndi:BPMNDiagram {namespaces}><bpmndi:BPMNPlane bpmnElement="P">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    category = '<bpmn:category id="c"><bpmn:categoryValue id="cv" value="Checks"/></bpmn:category>'
    model = document(elements("user:a user:b") + flows(["a", "b"]) + '<bpmn:group id="g" categoryValueRef="cv"/>')
    model = model.replace(b"</bpmn:definitions>", (category + drawn + "</bpmn:definitions>").encode())

    assert levels(model) == "P1 g2 a3 b2"
    assert rows_of(model)[2].phase == "Checks"


def test_what_a_step_does_is_read_by_its_kind():
    note = '<bpmn:extensionElements><clearway:parameter name="text" value="1 + 1"/></bpmn:extensionElements>'
    model = document(
        f'<bpmn:serviceTask id="svc" clearway:handler="note">{note}</bpmn:serviceTask>'
        '<bpmn:callActivity id="call" calledElement="L01"/><bpmn:receiveTask id="wait" clearway:message="mail"/>'
        '<bpmn:businessRuleTask id="rule" clearway:decision="d1"/>'
        '<bpmn:scriptTask id="sum"><bpmn:script>a + b</bpmn:script></bpmn:scriptTask>'
    )

    does = {row.id: row.does for row in rows_of(model)}

    assert does == {"P": "", "svc": "note", "call": "L01", "wait": "mail", "rule": "d1", "sum": "a + b"}
    assert rows_of(model)[1].parameters == (("text", "1 + 1"),)


def test_a_chain_of_5000_steps_is_put_in_order_without_a_deep_stack():
    names = [f"n{index}" for index in range(5000)]

    found = in_order(names[::-1], lambda each: [f"n{int(each[1:]) + 1}"] if each != "n4999" else [])

    assert found == names


PAGE = "/processes/P/versions/1/table/"


@pytest.fixture
def author(db):
    line, author, _ = cast()
    make_process(line, author)
    actions.save_draft(process_key="P", model_xml=FOUR_LEVELS.decode(), note="first", actor=author)
    return author


def client_of(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def give_window(step: str) -> None:
    process = Process.objects.get()
    calendar = make_calendar("SH")
    StepWindow.objects.create(
        line=process.line,
        process=process,
        node_id=step,
        calendar=calendar,
        latest_end="15:30",
        day_offset=1,
        valid_from=clock.market_date(),
    )


@pytest.mark.parametrize(("language", "owner"), [("en", "Maker"), ("zh-hans", "经办")])
def test_the_page_shows_the_rows_in_the_readers_language_with_todays_window(author, language, owner):
    give_window("one")

    page = client_of(author, language).get(PAGE).content.decode()

    assert 'aria-level="4"' in page
    assert owner in page
    assert "– / – / 15:30+1" in page


def test_the_file_opens_in_a_spreadsheet_and_computes_nothing(author):
    model = FOUR_LEVELS.decode().replace('name="one"', 'name="=1+1"')
    actions.save_draft(process_key="P", model_xml=model, note="again", actor=author)

    answer = client_of(author).get("/processes/P/versions/1/table.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"] == 'attachment; filename="P-v1.csv"'
    assert rows[0][:4] == ["Id", "Phase", "Part of the process", "Step"]
    assert next(row for row in rows if row[0] == "one")[3] == "'=1+1"


def test_programs_get_the_same_rows(author):
    client = APIClient()
    client.force_authenticate(author)

    rows = client.get("/api/processes/P/versions/1/table/").json()

    assert [row["id"] for row in rows] == [row.id for row in rows_of(FOUR_LEVELS)]
    assert rows[5] | {"window": {}} == {
        "id": "one", "group": "step", "kind": "userTask", "level": 4, "above": "part", "name": "one", "name_en": "",
        "phase": "Morning", "part": "Part", "role": "maker", "does": "", "parameters": [], "deadline": "", "runbook": "",
        "window": {},
    }  # fmt: skip


@pytest.mark.parametrize("address", [PAGE, "/processes/P/versions/1/table.csv", "/api/processes/P/versions/1/table/"])
def test_who_may_not_see_the_process_finds_no_table(author, address):
    stranger = make_user("stranger")
    give_role(stranger, make_line("other"), Role.AUDITOR)

    assert client_of(stranger).get(address).status_code == 404


def test_the_page_asks_the_database_few_questions(author, django_assert_max_num_queries):
    client = client_of(author)
    client.get(PAGE)

    with django_assert_max_num_queries(8):
        client.get(PAGE)
