"""Two people draw the same model: what only one of them changed is kept, what both changed is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from apps.kernel.front_door import open_document
from apps.processes.core import merging
from apps.processes.core.bpmn import read_plan
from apps.processes.core.codec import plan_digest
from apps.processes.core.merging import Side, merge
from tests.factories.processes import document, elements, flows

STEPS = ("a", "b", "c", "d")


def chain(names, *, renamed=None, more=""):
    """Start, manual steps of these names one after the other, end."""
    body = elements("start:s " + " ".join(f"manual:{name}" for name in names) + " end:e") + flows(["s", *names, "e"])
    for identity, name in (renamed or {}).items():
        body = body.replace(f'id="{identity}" name="{identity}"', f'id="{identity}" name="{name}"')
    return open_document(document(body + more))


def joined(merged):
    assert merged.conflicts == ()
    return open_document(merged.model_xml.encode())


def plan_of(text):
    plan = read_plan(text.encode()).plan
    assert plan is not None
    return plan


def named(merged):
    root = joined(merged)
    return {node.get("id"): node.get("name") for node in root.iter() if node.get("name")}


def digest_of(root_or_text):
    text = root_or_text if isinstance(root_or_text, str) else etree.tostring(root_or_text, encoding="unicode")
    return plan_digest(plan_of(text))


def test_what_each_changed_elsewhere_is_kept():
    base = chain(STEPS)

    merged = merge(base, chain(STEPS, renamed={"a": "mine"}), chain(STEPS, renamed={"c": "theirs"}))

    assert merged.conflicts == ()
    assert named(merged)["a"] == "mine"
    assert named(merged)["c"] == "theirs"


def test_the_same_element_changed_differently_is_a_conflict_by_name():
    base = chain(STEPS)

    merged = merge(base, chain(STEPS, renamed={"b": "mine"}), chain(STEPS, renamed={"b": "theirs"}))

    assert merged.model_xml is None
    assert merged.conflicts == ("b",)


def test_the_same_change_on_both_sides_is_no_conflict():
    both = {"b": "agreed"}

    merged = merge(chain(STEPS), chain(STEPS, renamed=both), chain(STEPS, renamed=both))

    assert named(merged)["b"] == "agreed"


def test_a_deleted_step_that_the_other_changed_is_a_conflict():
    merged = merge(chain(STEPS), chain(("a", "c", "d")), chain(STEPS, renamed={"b": "theirs"}))

    assert "b" in merged.conflicts


def test_a_flow_to_a_step_that_the_other_deleted_is_a_conflict():
    skip = '<bpmn:sequenceFlow id="skip" sourceRef="a" targetRef="c"/>'
    base = chain(STEPS)

    merged = merge(base, chain(STEPS, more=skip), chain(("a", "b", "d")))

    assert merged.conflicts == ("skip",)


def test_incoming_and_outgoing_are_written_anew():
    skip = '<bpmn:sequenceFlow id="skip" sourceRef="a" targetRef="d"/>'

    merged = merge(chain(STEPS), chain(STEPS, more=skip), chain(STEPS, renamed={"b": "theirs"}))

    root = joined(merged)
    outgoing = [str(each.text) for node in root.iter() if node.get("id") == "a" for each in node if each.tag.endswith("outgoing")]
    assert sorted(outgoing) == ["a-b", "skip"]


def test_a_shape_that_both_moved_stays_where_mine_is():
    def drawn(x):
        picture = (
            '<di:BPMNShape xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="a_di" bpmnElement="a">'
            f'<dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" x="{x}" y="0" width="1" height="1"/></di:BPMNShape>'
        )
        return open_document(
            document(elements("start:s manual:a end:e") + flows("sae")).replace(
                b"</bpmn:definitions>", picture.encode() + b"</bpmn:definitions>"
            )
        )

    merged = merge(drawn(1), drawn(2), drawn(3))

    assert 'x="2"' in str(merged.model_xml)


names = st.dictionaries(st.sampled_from(STEPS), st.sampled_from(["x", "y"]), max_size=4)


@given(names)
def test_merging_with_nobody_gives_the_model_itself(renamed):
    base, mine = chain(STEPS), chain(STEPS, renamed=renamed)

    assert digest_of(merge(base, mine, base).model_xml) == digest_of(mine)
    assert digest_of(merge(base, base, mine).model_xml) == digest_of(mine)


@given(names, names)
def test_merging_is_the_same_from_both_sides(ours, others):
    base, mine, theirs = chain(STEPS), chain(STEPS, renamed=ours), chain(STEPS, renamed=others)

    one, other = merge(base, mine, theirs), merge(base, theirs, mine)

    assert set(one.conflicts) == set(other.conflicts)
    if not one.conflicts:
        assert digest_of(one.model_xml) == digest_of(other.model_xml)
    both = {key for key in ours.keys() & others.keys() if ours[key] != others[key]}
    assert set(one.conflicts) == both


@pytest.mark.parametrize("left", [("a", "b", "c", "d", "f"), ("a", "c", "d")])
def test_steps_added_or_removed_by_one_side_run_in_the_merged_model(left):
    merged = merge(chain(STEPS), chain(left), chain(STEPS, renamed={"d": "theirs"}))

    assert merged.conflicts == ()
    plan = plan_of(etree.tostring(joined(merged), encoding="unicode"))
    assert {node for node in plan.nodes if len(node) == 1} == {*left, "s", "e"}
    assert plan.nodes["d"].name == "theirs"


def test_a_large_model_is_looked_through_as_often_as_a_small_one(monkeypatch):
    looked = []
    by_id = merging._by_id

    def counted(root):
        looked.append(root)
        return by_id(root)

    monkeypatch.setattr(merging, "_by_id", counted)
    counts = []
    for size in (4, 500):
        names = [f"n{number}" for number in range(size)]
        mine = {name: f"mine {name}" for name in names[::2]}
        theirs = {name: f"theirs {name}" for name in names[1::2]}
        looked.clear()

        merged = merge(chain(names), chain(names, renamed=mine), chain(names, renamed=theirs))

        counts.append(len(looked))
        assert {name: found for name, found in named(merged).items() if name in names} == mine | theirs

    assert counts == [2, 2]


INSIDE = elements("start:i manual:x manual:y end:j") + flows(["i", "x", "y", "j"])


def boxed(inside=INSIDE):
    """Start, a sub-process with two steps, end."""
    box = f'<bpmn:subProcess id="box" name="box">{inside}</bpmn:subProcess>'
    return open_document(document(elements("start:s end:e") + box + flows(["s", "box", "e"])))


def test_what_a_removed_element_held_is_gone_with_it_and_what_was_renamed_in_one_stays():
    merged = merge(boxed(), chain(["a"]), boxed())
    renamed = merge(boxed(), boxed(INSIDE.replace('name="x"', 'name="mine"')), boxed(INSIDE.replace('name="y"', 'name="theirs"')))

    assert {"box", "x", "y"}.isdisjoint(node.get("id") for node in joined(merged).iter())
    assert named(renamed).items() >= {"box": "box", "x": "mine", "y": "theirs"}.items()


def with_form(*fields, name="a"):
    """A step with a form of another tool, whose fields have ids of their own, and a text with marks in it."""
    inside = "".join(f'<other:field id="{field}" label="{label}"/>' for field, label in fields)
    step = (
        f'<bpmn:userTask id="a" name="{name}"><bpmn:documentation>one <b>two</b> three</bpmn:documentation>'
        f"<bpmn:extensionElements><other:form>{inside}</other:form></bpmn:extensionElements></bpmn:userTask>"
    )
    return open_document(document(elements("start:s manual:b end:e") + step + flows(["s", "a", "b", "e"])))


def test_what_other_tools_say_in_an_element_belongs_to_it_whatever_ids_it_has():
    base = with_form(("f1", "One"))

    merged = merge(base, with_form(("f1", "One"), ("s", "Two"), name="mine"), chain(["a", "b"]))
    kept = merge(base, with_form(("f1", "Other"), ("s", "Two")), with_form(("f1", "One"), name="a"))

    assert merged.conflicts == ("a",)
    text = etree.tostring(joined(kept), encoding="unicode")
    assert '<other:field id="f1" label="Other"/><other:field id="s" label="Two"/>' in text
    assert "<bpmn:documentation>one <b>two</b> three</bpmn:documentation>" in text


def test_a_step_drawn_into_what_the_other_deleted_is_a_conflict_and_comes_back_with_all_it_stands_in():
    more = boxed(INSIDE + elements("manual:z"))

    for conflict in (merge(boxed(), more, chain(["a"])), merge(boxed(), chain(["a"]), more)):
        assert conflict.model_xml is None
        assert conflict.conflicts == ("z",)
    kept = merge(boxed(), more, chain(["a"]), decided={"z": Side.MINE})
    gone = merge(boxed(), more, chain(["a"]), decided={"z": Side.THEIRS})

    assert {"box", "x", "y", "z", "a"} <= {node.get("id") for node in joined(kept).iter()}
    assert {"box", "x", "y", "z"}.isdisjoint(node.get("id") for node in joined(gone).iter())


def test_a_decided_conflict_takes_the_element_of_that_side_and_nothing_else():
    base = chain(STEPS)
    mine, theirs = chain(STEPS, renamed={"b": "mine", "c": "mine"}), chain(STEPS, renamed={"b": "theirs", "d": "theirs"})

    one, other = (merge(base, mine, theirs, decided={"b": side}) for side in Side)

    assert named(one).items() >= {"b": "mine", "c": "mine", "d": "theirs"}.items()
    assert named(other).items() >= {"b": "theirs", "c": "mine", "d": "theirs"}.items()
    assert set(one.mine) == {"b", "c"}
    assert set(other.theirs) == {"b", "d"}


def laned(first, second, *more):
    """Steps in two lanes; `more` are further steps."""
    seats = ["".join(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>" for key in lane) for lane in (first, second)]
    lanes = "".join(f'<bpmn:lane id="l{number}">{seat}</bpmn:lane>' for number, seat in enumerate(seats))
    steps = elements("start:s manual:a manual:b end:e " + " ".join(f"manual:{key}" for key in more))
    return open_document(document(f'<bpmn:laneSet id="ls">{lanes}</bpmn:laneSet>{steps}' + flows(["s", "a", "b", "e"])))


def seats_of(merged):
    return {
        lane.get("id"): [child.text for child in lane]
        for lane in joined(merged).iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}lane")
    }


def test_members_of_lanes_are_joined_one_by_one():
    base = laned("sa", "be")

    both = merge(base, laned("sax", "be", "x"), laned("say", "be", "y"))
    crossed = merge(base, laned("s", "bea"), laned("sab", "e"))
    torn = merge(laned("sa", "be"), laned("s", "bea"), laned("s", "be"))

    assert {lane: set(members) for lane, members in seats_of(both).items()} == {"l0": set("saxy"), "l1": set("be")}
    assert {lane: set(members) for lane, members in seats_of(crossed).items()} == {"l0": set("sb"), "l1": set("ea")}
    assert torn.conflicts == ("a",)


def test_what_the_document_says_of_itself_is_joined_too():
    def said(note, language=""):
        text = f"<bpmn:documentation>{note}</bpmn:documentation>" if note else ""
        model = etree.tostring(chain(STEPS), encoding="unicode").replace(">", f"{language}>{text}", 1)
        return open_document(model.encode())

    merged = merge(said("old"), said("new"), said("old", ' expressionLanguage="feel"'))
    alone = merge(said("old"), said("new"), chain(STEPS, renamed={"a": "theirs"}))
    added = merge(chain(STEPS), said("new"), chain(STEPS, renamed={"a": "theirs"}))

    assert merged.conflicts == ("#document",)
    assert alone.conflicts == ("#document",)
    assert "<bpmn:documentation>new</bpmn:documentation>" in str(added.model_xml)
    assert named(added)["a"] == "theirs"
