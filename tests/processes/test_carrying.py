"""What is drawn in an editor is carried to the stored model: the edit arrives, and all that the editor cannot show stays."""

from random import Random

import pytest
from lxml import etree

from apps.kernel.front_door import open_document
from apps.people.states import Role
from apps.processes import actions
from apps.processes.core.merging import NotDrawnOnThis, carried
from apps.processes.core.vocabulary import BPMN, CLEARWAY
from apps.processes.errors import NotAModel
from apps.processes.models import WorkingCopyRevision
from tests.factories.drawings import EDITS, drawn, random_plan
from tests.factories.people import give_role, make_user
from tests.factories.processes import cast, make_process
from tests.processes.test_round_trip import MODEL, canonical

MODELS = 60
DEFAULTS = {"cancelActivity": "true", "triggeredByEvent": "false", "isInterrupting": "true", "textFormat": "text/plain"}
FIRST = ("documentation", "extensionElements", "laneSet", "incoming", "outgoing")


def as_written_by_an_editor(model):
    """What a modeller makes of it: no comments, instructions, marks in texts and defaults, and an order of its own."""
    root = open_document(model.encode() if isinstance(model, str) else model)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    for node in list(root.iter(etree.Element)):
        for name, value in DEFAULTS.items():
            if node.get(name) == value:
                del node.attrib[name]
        if node.tag == f"{{{BPMN}}}documentation":
            node[:] = []
        if not (node.tail or "").strip() or "urn:other" in str(node.tag):
            node.tail = None
        if str(node.tag).startswith(f"{{{BPMN}}}"):
            node[:] = sorted(node, key=lambda each: _place(str(each.tag).rpartition("}")[2]))
    return root


def _holder(node):
    above = node.getparent()
    assert above is not None
    return above


def _place(name):
    return FIRST.index(name) if name in FIRST else len(FIRST)


def with_foreign_matter(model, random):
    """Comments, instructions, marked texts and extensions of other tools all over a model."""
    root = open_document(model)
    for node in [*root.iter(f"{{{BPMN}}}*")]:
        if not node.get("id") or random.random() < 0.5:
            continue
        said = (
            f'<x:holder xmlns:x="{BPMN}" xmlns:o="urn:other"><x:documentation>of <o:b>this</o:b> one</x:documentation>'
            "<x:extensionElements><!-- why --><o:box at='1'><![CDATA[<raw>]]></o:box><?other keep?></x:extensionElements>"
            "<!-- behind --></x:holder>"
        )
        if node.find(f"{{{BPMN}}}extensionElements") is None and not str(node.tag).endswith(("definitions", "EventDefinition")):
            node.extend(list(etree.fromstring(said)))
    return etree.tostring(root, encoding="unicode")


def edited(read, seed):
    """A copy with one to three edits, and what they were."""
    now, random = open_document(etree.tostring(read)), Random(seed)
    names = random.sample(sorted(EDITS), 1 + seed % 3)
    return now, [name for name in names if EDITS[name](now, random) is not None]


def same(one, other):
    return canonical(etree.tostring(one)) == canonical(etree.tostring(other))


def test_whatever_is_drawn_arrives_and_nothing_else_changes():
    for seed in range(MODELS):
        stored = with_foreign_matter(drawn(random_plan(Random(seed))), Random(seed))
        read = as_written_by_an_editor(stored)
        now, edits = edited(read, seed)

        result = carried(stored, read, now)

        story = f"seed {seed}: {edits}"
        assert same(as_written_by_an_editor(result), as_written_by_an_editor(etree.tostring(now))), story
        if "remove" not in edits:
            assert canonical(carried(result, now, read)) == canonical(stored), story


def test_what_is_removed_takes_only_itself_away():
    for seed in range(MODELS):
        stored = with_foreign_matter(drawn(random_plan(Random(seed))), Random(seed))
        read = as_written_by_an_editor(stored)
        now = open_document(etree.tostring(read))
        gone = next(iter(EDITS["remove"](now, Random(seed)) or ()))
        by_hand = open_document(stored.encode())
        node = next(each for each in by_hand.iter(etree.Element) if each.get("id") == gone)
        _holder(node).remove(node)

        result = carried(stored, read, now)

        assert canonical(result) == canonical(etree.tostring(by_hand)), f"seed {seed}: {gone}"


def test_a_model_that_is_only_written_differently_is_the_very_same_text():
    read = as_written_by_an_editor(MODEL)

    assert carried(MODEL, read, as_written_by_an_editor(MODEL)) is MODEL


CHANGES = [
    ('name="a"', 'name="b"'), ('x="200"', 'x="201"'), ('name="n"', 'name="o"'), ("beside the pools", "between them"),
    ("of the whole", "of all"), ("<bpmn:flowNodeRef>b</bpmn:flowNodeRef>", ""),
    ('color:color="#6b3c00"', 'color:color="#000000"'),
    ('<bpmn:sequenceFlow id="b-e" name="then" sourceRef="b"', '<bpmn:sequenceFlow id="b-e" name="then" sourceRef="a"'),
    ('<bpmn:dataStoreReference id="dsr1" name="ledger" dataStoreRef="store1"/>', ""), ('name="first page"', 'name="page 1"'),
    ('isBold="true"', 'isBold="false"'), ("<di:waypoint x=\"300\" y=\"120\"/>", '<di:waypoint x="300" y="130"/>'),
]  # fmt: skip


@pytest.mark.parametrize(("was", "now"), CHANGES)
def test_one_change_in_a_model_with_everything_in_it_changes_this_and_nothing_else(was, now):
    assert was in MODEL

    result = carried(MODEL, as_written_by_an_editor(MODEL), as_written_by_an_editor(MODEL.replace(was, now, 1)))

    assert canonical(result) == canonical(MODEL.replace(was, now, 1))
    assert result.startswith('<?xml version="1.0" encoding="UTF-8"?>')


def test_a_step_that_moves_into_another_part_takes_along_what_only_its_document_knows():
    read, now = as_written_by_an_editor(MODEL), as_written_by_an_editor(MODEL)
    step, part = (next(node for node in now.iter(etree.Element) if node.get("id") == key) for key in ("a", "b"))
    part.append(step)

    result = carried(MODEL, read, now)

    moved = next(node for node in open_document(result.encode()).iter(etree.Element) if node.get("id") == "a")
    assert _holder(moved).get("id") == "b"
    assert "<!-- inside extensions -->" in etree.tostring(moved, encoding="unicode")
    assert same(as_written_by_an_editor(result), now)


def test_what_clearway_says_first_is_said_under_the_prefix_that_the_editor_reads():
    foreign = MODEL.replace(' xmlns:clearway="urn:clearway:bpmn:1"', "").replace(
        ' clearway:role="operator" clearway:nameEn="A"', ""
    )
    foreign = foreign.replace('<clearway:input target="x" value="1 + 1"/>', "")
    read = as_written_by_an_editor(foreign)
    now = as_written_by_an_editor(foreign.replace("<bpmn:definitions ", f'<bpmn:definitions xmlns:clearway="{CLEARWAY}" ')
                                  .replace('id="a" name="a"', 'id="a" name="a" clearway:role="checker"'))  # fmt: skip

    result = carried(foreign, read, now)

    assert 'clearway:role="checker"' in result
    assert result.count(f'xmlns:clearway="{CLEARWAY}"') == 1


def test_the_type_of_an_expression_is_named_under_the_prefix_of_its_document():
    spaces = f'xmlns="{BPMN}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    stored = f'<definitions {spaces}><process id="P"><sequenceFlow id="f"/></process></definitions>'
    as_read = f'<b:definitions xmlns:b="{BPMN}"><b:process id="P"><b:sequenceFlow id="f"/></b:process></b:definitions>'
    said = '<b:conditionExpression xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="b:tFormalExpression"/>'
    now = as_read.replace('<b:sequenceFlow id="f"/>', f'<b:sequenceFlow id="f">{said}</b:sequenceFlow>')

    result = carried(stored, open_document(as_read.encode()), open_document(now.encode()))

    assert '<conditionExpression xsi:type="tFormalExpression"/>' in result


def test_an_edit_of_another_document_is_turned_away():
    def model(inner):
        return f'<b:definitions xmlns:b="{BPMN}">{inner}</b:definitions>'

    stored = model('<b:subProcess id="a"><b:subProcess id="b"/></b:subProcess>')
    read = open_document(model('<b:subProcess id="a"/><b:subProcess id="b"/>').encode())
    now = open_document(model('<b:subProcess id="b"><b:subProcess id="a"/></b:subProcess>').encode())

    with pytest.raises(NotDrawnOnThis):
        carried(stored, read, now)


# -- the working copy ---------------------------------------------------------------------------------------------


def text(root):
    return etree.tostring(root, encoding="unicode")


@pytest.fixture
def people(db):
    line, author, _ = cast()
    second = make_user("second")
    give_role(second, line, Role.PROCESS_AUTHOR)
    make_process(line, author)
    opened = actions.open_working_copy(process_key="P", actor=author)
    actions.save_working_copy(process_key="P", model_xml=MODEL, seen=opened.number, actor=author)
    return author, second


def save(person, was, now, seen=2):
    read, drawing = as_written_by_an_editor(MODEL), as_written_by_an_editor(MODEL.replace(was, now))
    return actions.save_working_copy(process_key="P", model_xml=text(drawing), as_read=text(read), seen=seen, actor=person)


def test_two_who_draw_in_editors_both_keep_their_work_and_the_model_all_the_rest(people):
    author, second = people

    save(author, 'name="then"', 'name="later"')
    merged = save(second, 'x="10.5"', 'x="11"')

    assert canonical(merged.model_xml) == canonical(MODEL.replace('name="then"', 'name="later"').replace('x="10.5"', 'x="11"'))


def test_an_editor_in_which_nothing_was_drawn_saves_nothing(people):
    author, second = people
    save(author, 'name="then"', 'name="later"')

    answer = save(second, "x", "x")

    assert (answer.number, WorkingCopyRevision.objects.count()) == (2, 3)
    assert answer.working_copy.authors.get() == author


def test_an_editor_that_read_something_else_saves_nothing(people):
    author, _ = people

    with pytest.raises(NotAModel):
        actions.save_working_copy(process_key="P", model_xml=MODEL + " ", as_read="<nothing", seen=2, actor=author)

    assert WorkingCopyRevision.objects.count() == 2
