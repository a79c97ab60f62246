from pathlib import Path

import pytest

from apps.engine.handlers import handler_named
from apps.files.models import Source
from apps.lines.errors import PersonMissing
from apps.lines.rtgs import actions
from apps.people.models import BusinessLine
from apps.people.states import Role
from apps.processes.core.bpmn import read_model
from apps.processes.models import Process, ProcessVersion
from apps.processes.states import VersionState
from tests.factories.people import give_role, make_user
from tools.bpmn_lines import MODELS

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
DRAWN = [ROOT / path for path in MODELS]


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def people():
    """An author and an approver on both lines."""
    actions.install_lines()
    for name, role in (("chen.jing", Role.PROCESS_AUTHOR), ("zhao.gang", Role.PROCESS_APPROVER)):
        user = make_user(name)
        for line in BusinessLine.objects.all():
            give_role(user, line, role)


def test_installing_publishes_both_models_with_two_people(people, tmp_path):
    published = actions.install()

    assert [version.process.key for version in published] == ["L00", "L01"]
    assert {version.state for version in published} == {VersionState.PUBLISHED}
    assert {(version.author.username, str(version.approver)) for version in published} == {("chen.jing", "zhao.gang")}
    assert not Process.objects.get(key="L00").startable
    assert Process.objects.get(key="L01").startable
    assert set(BusinessLine.objects.values_list("code", flat=True)) == {"common", "rtgs-sh"}
    assert Source.objects.count() == 3
    assert (tmp_path / "incoming" / "rtgs-sh").is_dir()


def test_installing_again_changes_nothing(people):
    actions.install()

    again = actions.install()

    assert again == []
    assert ProcessVersion.objects.count() == 2


def test_a_changed_model_becomes_a_new_version_and_retires_the_old(people, monkeypatch, tmp_path):
    actions.install()
    changed = tmp_path / "L00.bpmn"
    *_, model = actions.PROCESSES[0]
    changed.write_text(model.read_text(encoding="utf-8").replace("文件校验", "文件检查"), encoding="utf-8")
    monkeypatch.setattr(actions, "PROCESSES", [(*actions.PROCESSES[0][:-1], changed), actions.PROCESSES[1]])

    (version,) = actions.install()

    assert version.number == 2
    states = ProcessVersion.objects.filter(process__key="L00").order_by("number").values_list("state", flat=True)
    assert list(states) == [VersionState.RETIRED, VersionState.PUBLISHED]


def test_without_the_two_people_nothing_is_published():
    with pytest.raises(PersonMissing):
        actions.install()

    assert not ProcessVersion.objects.exists()


@pytest.mark.parametrize("model", DRAWN, ids=[path.stem for path in DRAWN])
def test_the_packaged_models_pass_every_check(model):
    def schema(name):
        handler = handler_named(name)
        return handler.schema() if handler else None

    reading = read_model(model.read_bytes(), handlers=schema)

    assert reading.plan is not None
    assert [problem for problem in reading.problems if problem.severity != "note"] == []


@pytest.mark.parametrize("model", DRAWN, ids=[path.stem for path in DRAWN])
def test_names_on_the_diagram_are_short_and_every_element_is_drawn(model):
    from lxml import etree

    root = etree.fromstring(model.read_bytes())
    bpmn = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    (process,) = root.iter(f"{bpmn}process")
    drawn = {shape.get("bpmnElement") for shape in root.iter() if shape.get("bpmnElement")}
    for element in process.iterchildren():
        assert element.get("id") in drawn
        assert len(element.get("name", "")) <= 12


def test_the_packaged_models_are_what_the_tables_draw():
    from tools.draw_bpmn import bpmn_of

    for path, model in MODELS.items():
        assert (ROOT / path).read_text(encoding="utf-8") == bpmn_of(model)
