"""What differs between two models is found, all of it and nothing else; the picture is kept apart from the meaning."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from apps.kernel.front_door import Refused, open_document
from apps.processes.core.differences import What, differences
from tests.factories.drawings import EDITS, PICTURE_EDITS, drawn, random_plan
from tests.factories.processes import document, elements, flows

seeds = st.integers(0, 10_000)


def model(seed):
    return drawn(random_plan(Random(seed)))


def edited(xml, name, random):
    """The model after one edit, and what it must be found to be; None when the model has nothing of the kind."""
    root = open_document(xml)
    expected = EDITS[name](root, random)
    return None if expected is None else (etree.tostring(root), expected)


def found_in(found):
    """Element -> what happened and the names of the properties; those of what came or went are not the point."""
    return {
        item.element: (
            item.what.value,
            {change.property for change in (*item.changes, *item.layout)} if item.what in (What.CHANGED, What.MOVED) else set(),
        )
        for item in found.items
    }


def chain(*names, more="", **renamed):
    body = elements("start:s " + " ".join(f"service:{name}" for name in names) + " end:e") + flows(["s", *names, "e"]) + more
    for identity, name in renamed.items():
        body = body.replace(f'id="{identity}" name="{identity}"', f'id="{identity}" name="{name}"')
    return document(body)


def extended(inner):
    """A task with extension elements."""
    return f'<bpmn:task id="u"><bpmn:extensionElements>{inner}</bpmn:extensionElements></bpmn:task>'


def only_change(old, new):
    """The one difference of the one element that changed."""
    (item,) = differences(old, new).items
    assert item.what is What.CHANGED
    (change,) = item.changes
    return item.element, change.property, change.detail, change.old, change.new


@given(seeds)
def test_a_model_does_not_differ_from_itself(seed):
    assert differences(model(seed), model(seed)).items == ()


@pytest.mark.parametrize("name", EDITS)
@settings(max_examples=25)
@given(seed=seeds)
def test_a_single_edit_is_found_and_nothing_else(name, seed):
    before = model(seed)
    after = edited(before, name, Random(seed))
    if after is None:
        return

    found = differences(before, after[0])

    assert found_in(found) == after[1]


def test_every_edit_is_possible_in_some_model():
    assert all(any(edited(model(seed), name, Random(seed)) for seed in range(20)) for name in EDITS)


@given(seeds, st.lists(st.sampled_from(sorted(EDITS)), max_size=5, unique=True))
def test_seen_from_the_other_side_what_was_added_is_removed(seed, names):
    before = after = model(seed)
    for name in names:
        after = (edited(after, name, Random(seed)) or (after,))[0]

    there, back = differences(before, after), differences(after, before)

    assert {item.element: item.mirrored() for item in there.items} == {item.element: item for item in back.items}


@given(seeds, st.lists(st.sampled_from(sorted(PICTURE_EDITS)), min_size=1, max_size=6))
def test_what_is_only_drawn_differently_means_nothing(seed, names):
    before = after = model(seed)
    for number, name in enumerate(names):
        after = edited(after, name, Random(number))[0]

    found = differences(before, after)

    assert found.meaning == ()
    assert all(item.what is What.MOVED and item.layout and not item.changes for item in found.items)


@given(seeds, st.randoms(use_true_random=False))
def test_order_blanks_comments_links_and_defaults_written_out_are_no_difference(seed, random):
    root = open_document(model(seed))
    for holder in root.iter("{*}process", "{*}subProcess"):
        children = list(holder)
        random.shuffle(children)
        holder[:] = children
        holder.insert(0, etree.Comment("drawn by hand"))
    for task in root.iter("{*}serviceTask"):
        task.set("isForCompensation", "false")
        etree.SubElement(task, "{http://www.omg.org/spec/BPMN/20100524/MODEL}outgoing").text = "anything"
    for bounds in root.iter("{*}Bounds"):
        bounds.set("x", f"{bounds.get('x')}.0")
    root.set("exporter", "another tool")

    assert differences(model(seed), etree.tostring(root, pretty_print=True)).items == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('<bpmn:userTask id="u" clearway:checks="a"/>', '<bpmn:userTask id="u" clearway:checks="b"/>', ("checks", "", "a", "b")),
        (
            '<bpmn:callActivity id="u" calledElement="L00"/>',
            '<bpmn:callActivity id="u" calledElement="L01"/>',
            ("called_process", "", "L00", "L01"),
        ),
        (
            '<bpmn:boundaryEvent id="u" attachedToRef="a"/>',
            '<bpmn:boundaryEvent id="u" attachedToRef="a" cancelActivity="0"/>',
            ("interrupting", "", None, "false"),
        ),
        (
            '<bpmn:startEvent id="u"><bpmn:timerEventDefinition id="t1" clearway:timeNode="OPEN"/></bpmn:startEvent>',
            '<bpmn:startEvent id="u"><bpmn:timerEventDefinition id="t2" clearway:timeNode="CLOSE"/></bpmn:startEvent>',
            ("moment", "", "OPEN", "CLOSE"),
        ),
        (
            '<bpmn:endEvent id="u"><bpmn:terminateEventDefinition/></bpmn:endEvent>',
            '<bpmn:endEvent id="u"/>',
            ("trigger", "", "terminate", None),
        ),
        (
            '<bpmn:task id="u"><bpmn:documentation>one</bpmn:documentation></bpmn:task>',
            '<bpmn:task id="u"><bpmn:documentation>two</bpmn:documentation></bpmn:task>',
            ("documentation", "", "one", "two"),
        ),
        (
            extended('<clearway:input target="x" value="1"/>'),
            extended('<clearway:input target="x" value="2"/>'),
            ("input", "x", "1", "2"),
        ),
        (
            extended("<other:note>one</other:note>"),
            extended("<other:note>two</other:note>"),
            ("{urn:other}note", "", "one", "two"),
        ),
        (
            '<bpmn:task id="u"><bpmn:multiInstanceLoopCharacteristics/></bpmn:task>',
            '<bpmn:task id="u"><bpmn:multiInstanceLoopCharacteristics isSequential="true"/></bpmn:task>',
            ("repeats", "", "at_once", "one_by_one"),
        ),
    ],
)
def test_a_property_that_differs_is_named_with_its_values(old, new, expected):
    assert only_change(document(old), document(new)) == ("u", *expected)


def form_of(text):
    extension = f"<bpmn:extensionElements><clearway:form>{text}</clearway:form></bpmn:extensionElements>"
    return document(f'<bpmn:userTask id="u" clearway:role="maker">{extension}</bpmn:userTask>')


def test_a_form_is_compared_field_by_field():
    old = form_of('{"type": "object", "properties": {"note": {"type": "string"}, "sum": {"type": "string"}}}')
    new = form_of(
        '{"type": "object", "required": ["sum"], "properties": {"note": {"type": "string"}, "sum": {"type": "string"}}}'
    )

    found = only_change(old, new)

    assert found == ("u", "form_field", "sum", '{"type": "string"}', '{"required": true, "type": "string"}')


def test_fields_that_change_places_are_a_change_of_order_and_one_that_comes_is_not():
    one, other, more = (
        form_of(f'{{"type": "object", "properties": {{{fields}}}}}')
        for fields in ('"a": {}, "b": {}', '"b": {}, "a": {}', '"a": {}, "c": {}, "b": {}')
    )

    assert only_change(one, other) == ("u", "form_order", "", "a\nb", "b\na")
    assert only_change(one, more) == ("u", "form_field", "c", None, "{}")


@pytest.mark.parametrize(
    "broken",
    ["{", "[]", '{"properties": {"a": "\\ud800"}}', "[" * 5000, '{"properties": 3}', '{"properties": {"a": 1}, "required": "a"}'],
)
def test_a_form_that_is_none_is_compared_as_it_is_written(broken):
    assert differences(form_of(broken), form_of(broken)).items == ()
    assert [item.element for item in differences(form_of(broken), form_of("{}")).items] == ["u"]


def test_a_renamed_message_is_a_change_of_the_element_that_waits_for_it():
    def waiting(name):
        catch = '<bpmn:intermediateCatchEvent id="w"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>'
        return document(catch).replace(b"<bpmn:process", f'<bpmn:message id="m" name="{name}"/><bpmn:process'.encode())

    assert only_change(waiting("files.arrived"), waiting("files.late")) == ("w", "message", "", "files.arrived", "files.late")


def test_a_message_that_nobody_uses_is_an_element_of_its_own():
    def unused(name):
        return document("").replace(b"<bpmn:process", f'<bpmn:message id="m" name="{name}"/><bpmn:process'.encode())

    assert only_change(unused("one"), unused("two")) == ("m", "name", "", "one", "two")


def test_a_step_put_between_two_others_is_a_new_step_and_a_flow_that_ends_elsewhere():
    old = document(elements("start:s service:a end:e") + flows(["s", "a", "e"]))
    new = old.replace(b'id="a-e" sourceRef="a" targetRef="e"', b'id="a-e" sourceRef="a" targetRef="b"')
    new = new.replace(b"</bpmn:process>", (elements("user:b") + flows(["b", "e"])).encode() + b"</bpmn:process>")

    found = {item.element: item for item in differences(old, new).items}

    assert {key: item.what.value for key, item in found.items()} == {"b": "added", "b-e": "added", "a-e": "changed"}
    assert ("role", "maker") in {(change.property, change.new) for change in found["b"].changes}
    assert [(change.property, change.old, change.new) for change in found["a-e"].changes] == [("target", "e", "b")]


def test_a_step_that_moves_into_a_sub_process_says_where_it_is():
    inside = document('<bpmn:subProcess id="box"><bpmn:task id="a"/></bpmn:subProcess>')
    outside = document('<bpmn:subProcess id="box"/><bpmn:task id="a"/>')

    assert only_change(outside, inside) == ("a", "inside", "", None, "box")


def test_a_model_that_could_not_run_is_compared_all_the_same():
    broken = '<bpmn:sequenceFlow id="f" sourceRef="gone" targetRef="{}"/><bpmn:choreographyTask id="c"/><bpmn:serviceTask/>'

    found = only_change(document(broken.format("one")), document(broken.format("two")))

    assert found == ("f", "target", "", "one", "two")


def test_elements_with_the_same_id_do_not_hide_each_other():
    twice = '<bpmn:task id="a" name="one"/><bpmn:task id="a" name="{}"/>'

    assert only_change(document(twice.format("two")), document(twice.format("three")))[1:] == ("name", "", "two", "three")


@pytest.mark.parametrize("bad", [b"", b"no xml", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_model_is_refused_on_either_side(bad):
    for pair in ((bad, chain("a")), (chain("a"), bad)):
        with pytest.raises(Refused):
            differences(*pair)
