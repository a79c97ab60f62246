"""Nothing that a model says is lost on its way: not by a working copy, a merge, a new key, a variant or a package."""

import pytest
from lxml import etree

from apps.kernel.front_door import open_document
from apps.people.states import Role
from apps.processes import actions
from apps.processes.core.merging import merge
from apps.processes.core.packages import Packed, manifest_of, read_package, write_package
from apps.processes.core.packages.signing import signed
from apps.processes.core.renaming import with_process_id
from apps.processes.models import ProcessTemplate
from tests.factories.people import give_role, make_user
from tests.factories.processes import cast, make_process

SPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:clearway="urn:clearway:bpmn:1" xmlns:other="urn:other:tool" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
)
MODEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- before the model -->
<bpmn:definitions {SPACES} id="defs" name="all of it" targetNamespace="urn:t" exporter="Other" exporterVersion="7">
  <bpmn:documentation>of the whole</bpmn:documentation>
  <bpmn:extensionElements><other:meta kept="yes"><other:inner id="x1">text <other:b>bold</other:b> tail</other:inner></other:meta></bpmn:extensionElements>
  <bpmn:itemDefinition id="item1" structureRef="xsd:string" isCollection="true"/>
  <bpmn:message id="msg1" name="报文" itemRef="item1"/>
  <bpmn:signal id="sig1" name="signal"/>
  <bpmn:error id="err1" name="error" errorCode="E1"/>
  <bpmn:category id="cat1" name="category"><bpmn:categoryValue id="cv1" value="phase one"/></bpmn:category>
  <bpmn:dataStore id="store1" name="ledger" capacity="7" isUnlimited="false"/>
  <bpmn:collaboration id="collab">
    <bpmn:participant id="pool1" name="ours" processRef="P"/>
    <bpmn:participant id="pool2" name="the exchange"><bpmn:participantMultiplicity minimum="1" maximum="2"/></bpmn:participant>
    <bpmn:messageFlow id="mf1" name="sends" sourceRef="a" targetRef="pool2" messageRef="msg1"/>
    <bpmn:textAnnotation id="note2" textFormat="text/plain"><bpmn:text>beside the pools</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="as2" sourceRef="note2" targetRef="pool2"/>
    <bpmn:group id="group2" categoryValueRef="cv1"/>
  </bpmn:collaboration>
  <bpmn:process id="P" name="流程" isExecutable="true" other:mine="&lt;kept&gt;">
    <bpmn:documentation textFormat="text/plain" xml:lang="zh">说明 &amp; 更多</bpmn:documentation>
    <bpmn:documentation xml:lang="en" textFormat="text/html">English with <b xmlns="http://www.w3.org/1999/xhtml">marks</b> and a tail</bpmn:documentation>
    <bpmn:laneSet id="lanes" name="lanes"><bpmn:lane id="lane1" name="one">
      <bpmn:flowNodeRef>s</bpmn:flowNodeRef><bpmn:flowNodeRef>a</bpmn:flowNodeRef>
      <bpmn:childLaneSet id="inner"><bpmn:lane id="lane11" name="inside"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet>
    </bpmn:lane><bpmn:lane id="lane2"><bpmn:flowNodeRef>b</bpmn:flowNodeRef><bpmn:flowNodeRef>e</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="s"><bpmn:outgoing>s-a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:manualTask id="a" name="a" clearway:role="operator" clearway:nameEn="A" other:colour="#fff">
      <bpmn:documentation><![CDATA[raw <text> & more]]></bpmn:documentation>
      <bpmn:extensionElements>
        <clearway:input target="x" value="1 + 1"/>
        <other:properties><other:property id="p1" name="n">one</other:property><other:property id="p1" name="m"><![CDATA[<x/>]]></other:property></other:properties>
        <!-- inside extensions -->
        <?other keep="this"?>
      </bpmn:extensionElements>
      <bpmn:incoming>s-a</bpmn:incoming><bpmn:outgoing>a-b</bpmn:outgoing>
      <bpmn:ioSpecification id="io1"><bpmn:dataInput id="di1" name="in"/><bpmn:inputSet id="is1"><bpmn:dataInputRefs>di1</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet id="os1"/></bpmn:ioSpecification>
      <bpmn:dataInputAssociation id="dia1"><bpmn:sourceRef>dor1</bpmn:sourceRef><bpmn:targetRef>di1</bpmn:targetRef></bpmn:dataInputAssociation>
    </bpmn:manualTask>
    <bpmn:subProcess id="b" name="inside" triggeredByEvent="false">
      <bpmn:incoming>a-b</bpmn:incoming><bpmn:outgoing>b-e</bpmn:outgoing>
      <bpmn:startEvent id="bs"><bpmn:outgoing>bs-be</bpmn:outgoing></bpmn:startEvent>
      <bpmn:endEvent id="be"><bpmn:incoming>bs-be</bpmn:incoming></bpmn:endEvent>
      <bpmn:sequenceFlow id="bs-be" sourceRef="bs" targetRef="be"/>
    </bpmn:subProcess>
    <bpmn:endEvent id="e"><bpmn:incoming>b-e</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="s-a" sourceRef="s" targetRef="a"/><bpmn:sequenceFlow id="a-b" sourceRef="a" targetRef="b"/>
    <bpmn:sequenceFlow id="b-e" name="then" sourceRef="b" targetRef="e"><bpmn:extensionElements><other:weight>0.5</other:weight></bpmn:extensionElements></bpmn:sequenceFlow>
    <bpmn:dataObject id="do1" isCollection="true"/><bpmn:dataObjectReference id="dor1" name="orders" dataObjectRef="do1"><bpmn:dataState id="ds1" name="checked"/></bpmn:dataObjectReference>
    <bpmn:dataStoreReference id="dsr1" name="ledger" dataStoreRef="store1"/>
    <bpmn:textAnnotation id="note1"><bpmn:text>two
  lines</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="as1" associationDirection="One" sourceRef="a" targetRef="note1"/>
    <bpmn:group id="group1" categoryValueRef="cv1"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="page1" name="first page" resolution="96">
    <bpmndi:BPMNPlane id="plane1" bpmnElement="collab">
      <bpmndi:BPMNShape id="pool1_di" bpmnElement="pool1" isHorizontal="true"><dc:Bounds x="10.5" y="20" width="900" height="300"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="pool2_di" bpmnElement="pool2" isHorizontal="true"><dc:Bounds x="10" y="400" width="900" height="60"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="a_di" bpmnElement="a" color:background-color="#ffe0b2" color:border-color="#6b3c00" other:shadow="soft">
        <dc:Bounds x="200" y="80" width="100" height="80"/><bpmndi:BPMNLabel id="label1" labelStyle="style1" color:color="#6b3c00"><dc:Bounds x="210" y="100" width="80" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="b_di" bpmnElement="b" isExpanded="false"><dc:Bounds x="400" y="80" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="a-b_di" bpmnElement="a-b" sourceElement="a_di" targetElement="b_di"><di:extension><other:route kept="yes"/></di:extension><di:waypoint x="300" y="120"/><di:waypoint x="400" y="120"/></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
    <bpmndi:BPMNLabelStyle id="style1"><dc:Font name="Arial" size="11" isBold="true"/></bpmndi:BPMNLabelStyle>
  </bpmndi:BPMNDiagram>
  <bpmndi:BPMNDiagram name="second page, without an id">
    <bpmndi:BPMNPlane id="plane2" bpmnElement="b"><bpmndi:BPMNShape id="bs_di" bpmnElement="bs"><dc:Bounds x="1" y="2" width="36" height="36"/></bpmndi:BPMNShape></bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
<!-- behind the model -->
"""  # noqa: E501 - a document as other tools write it


def canonical(model):
    """Everything that XML says, comments and processing instructions among it; blanks between elements say nothing."""
    tree = open_document(model.encode() if isinstance(model, str) else model).getroottree()
    for node in tree.iter():
        if isinstance(node.tag, str) and len(node) and not (node.text or "").strip():
            node.text = None
        if not (node.tail or "").strip():
            node.tail = None
    return etree.tostring(tree, method="c14n", with_comments=True).decode()


def under(key):
    return MODEL.replace('processRef="P"', f'processRef="{key}"').replace('<bpmn:process id="P"', f'<bpmn:process id="{key}"')


def test_a_new_key_changes_the_key_and_nothing_else():
    assert canonical(with_process_id(MODEL.encode(), "P", "Q")) == canonical(under("Q"))
    assert canonical(with_process_id(under("Q").encode(), "Q", "P")) == canonical(MODEL)


EDITS = [
    ('name="inside"', 'name="box"'), ('name="one"', 'name="two"'), ('x="200"', 'x="201"'), ('name="n"', 'name="o"'),
    ("beside the pools", "between them"), ("of the whole", "of all"), ("raw <text>", "rare <text>"),
    (" and a tail", ", tailless"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "now"), EDITS)
def test_a_merge_takes_one_change_over_and_loses_nothing_else(was, now):
    edited = MODEL.replace(was, now)
    other = MODEL.replace('name="then"', 'name="after that"')
    both = edited.replace('name="then"', 'name="after that"')

    for mine, theirs in ((edited, other), (other, edited)):
        merged = merge(*(open_document(text.encode()) for text in (MODEL, mine, theirs)))

        assert merged.conflicts == ()
        assert canonical(merged.model_xml) == canonical(both)


def test_a_package_carries_it_as_it_is():
    packed = (Packed("P", "x", "x", "line-a", True, 1, MODEL, [], {}),)

    carried = read_package(write_package(packed, signed(manifest_of(packed), b"k" * 32)))

    assert carried.processes[0].model_xml == MODEL


@pytest.mark.django_db
def test_a_working_copy_of_two_authors_and_its_draft_keep_it():
    line, author, _ = cast()
    second = make_user("second")
    give_role(second, line, Role.PROCESS_AUTHOR)
    make_process(line, author)
    opened = actions.open_working_copy(process_key="P", actor=author)
    whole = actions.save_working_copy(process_key="P", model_xml=MODEL, seen=opened.number, actor=author)
    mine, theirs = (MODEL.replace(*change) for change in (('name="then"', 'name="later"'), ('x="10.5"', 'x="11"')))

    actions.save_working_copy(process_key="P", model_xml=mine, seen=whole.number, actor=author)
    merged = actions.save_working_copy(process_key="P", model_xml=theirs, seen=whole.number, actor=second)
    draft = actions.finish_working_copy(process_key="P", seen=merged.number, note="both", actor=author)

    assert canonical(draft.model_xml) == canonical(mine.replace('x="10.5"', 'x="11"'))


@pytest.mark.django_db
def test_a_process_made_from_a_template_has_all_that_the_template_says():
    line, author, _ = cast()
    ProcessTemplate.objects.create(key="t", name_zh="x", name_en="x", model_xml=MODEL)

    draft = actions.create_process_from_template(
        key="Q", name_zh="x", name_en="x", line_id=line.pk, template_key="t", actor=author
    )

    assert canonical(draft.model_xml) == canonical(under("Q"))
