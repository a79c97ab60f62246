"""BPMN models written in a few words, and versions made of them by the actions."""

from collections.abc import Sequence
from itertools import pairwise

from apps.people.models import BusinessLine, User
from apps.people.states import Role
from apps.processes import actions
from apps.processes.models import Process, ProcessVersion, Variant
from tests.factories.people import give_role, make_line, make_user

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:clearway="urn:clearway:bpmn:1"'
    ' xmlns:other="urn:other" id="d" targetNamespace="urn:test">'
)


def document(body: str, process: str = "P") -> bytes:
    return f'{HEAD}<bpmn:process id="{process}" name="测试" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()


def flows(*chains: Sequence[str]) -> str:
    """Sequence flows along chains of element ids; the id of a flow is `source-target`."""
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    return "".join(f'<bpmn:sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


def elements(text: str) -> str:
    """`start:s user:a end:e` as elements with names; user tasks are the maker's, service tasks have a handler."""
    tags = {
        "start": "startEvent",
        "end": "endEvent",
        "user": 'userTask clearway:role="maker"',
        "manual": 'manualTask clearway:role="operator"',
        "service": 'serviceTask clearway:handler="test.note"',
        "xor": "exclusiveGateway",
        "and": "parallelGateway",
    }
    parts = []
    for item in text.split():
        kind, identity = item.split(":")
        tag = tags[kind]
        parts.append(f'<bpmn:{tag.split()[0]} id="{identity}" name="{identity}"{tag[len(tag.split()[0]) :]}/>')
    return "".join(parts)


def simple_model(process: str = "P", step: str = "a") -> str:
    """Start, one manual step, end."""
    return document(elements(f"start:s manual:{step} end:e") + flows(["s", step, "e"]), process).decode()


def cast(line: BusinessLine | None = None) -> tuple[BusinessLine, User, User]:
    """A line with its author and its approver."""
    line = line or make_line("line-a")
    author, approver = make_user("author"), make_user("approver")
    give_role(author, line, Role.PROCESS_AUTHOR)
    give_role(approver, line, Role.PROCESS_APPROVER)
    return line, author, approver


def make_process(line: BusinessLine, author: User, key: str = "P") -> Process:
    return actions.create_process(key=key, name_zh="测试流程", name_en="Test process", line_id=line.pk, actor=author)


def draft(process: Process, author: User, step: str = "a") -> ProcessVersion:
    return actions.save_draft(process_key=process.key, model_xml=simple_model(process.key, step), note="first", actor=author)


def in_force(process: Process, author: User, approver: User, model_xml: str) -> ProcessVersion:
    """A version with this model, all the way to being in force."""
    made = actions.save_draft(process_key=process.key, model_xml=model_xml, note="next", actor=author)
    actions.submit_version(version_id=made.pk, actor=author)
    actions.approve_version(version_id=made.pk, actor=approver)
    return actions.publish_version(version_id=made.pk, actor=approver)


def make_variant(base: ProcessVersion, author: User, key: str = "V") -> Variant:
    """A variant without a version of its own yet."""
    process = make_process(base.process.line, author, key)
    return Variant.objects.create(process=process, base=base.process, merged_with=base)
