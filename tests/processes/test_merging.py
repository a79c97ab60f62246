"""Two people draw the same model: what only one of them changed is kept, what both changed is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from apps.kernel.front_door import open_document
from apps.processes.core import merging
from apps.processes.core.bpmn import read_plan
from apps.processes.core.codec import plan_digest
from apps.processes.core.merging import merge
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
