"""Installs the line: master data, sources, and the packaged process models as published versions."""

from pathlib import Path
from typing import Any

from django.db import transaction

from apps.files.actions import define_source
from apps.files.conf import from_data_folder
from apps.lines.errors import PersonMissing
from apps.lines.rtgs import conf
from apps.people.models import BusinessLine, User
from apps.processes.actions import approve_version, create_process, publish_version, save_draft, submit_version
from apps.processes.models import Process, ProcessVersion
from apps.processes.states import VersionState

AUTHOR, APPROVER = "chen.jing", "zhao.gang"
_PACKAGE = Path(__file__).resolve().parent.parent

LINES = (
    (conf.COMMON, "公共采集", "Common ingest", 0),
    (conf.LINE, "RTGS结算（上海）", "RTGS settlement Shanghai", 10),
)

PROCESSES = (
    # key, line, names, startable by people, packaged model
    ("L00", conf.COMMON, "公共采集", "Common ingest", False, _PACKAGE / "data" / "L00.bpmn"),
    ("L01", conf.LINE, "RTGS结算（上海）", "RTGS settlement Shanghai", True, _PACKAGE / "rtgs" / "data" / "L01.bpmn"),
)

SOURCES = (
    ("rtgs-sh-morning", "上海RTGS盘中文件", "Shanghai RTGS, intraday files", conf.MORNING),
    ("rtgs-sh-results", "上海RTGS交收结果", "Shanghai RTGS, results", conf.RESULTS),
    ("rtgs-sh-evening", "上海RTGS日终文件", "Shanghai RTGS, end-of-day files", conf.EVENING),
)


def install(*, actor: User | None = None, author: User | None = None, approver: User | None = None) -> list[ProcessVersion]:
    """Brings the line to what is packaged; the same package again changes nothing. Gives the versions it published.

    A changed model becomes a new version, written by one person and approved by another: the author and approver of the
    demonstration unless others are named.
    """
    install_lines()
    author, approver = author or _person(AUTHOR), approver or _person(APPROVER)
    for folder in (conf.SOURCES, conf.OUTGOING):
        from_data_folder(folder).parent.mkdir(parents=True, exist_ok=True)
    for code, name_zh, name_en, facts in SOURCES:
        define_source(
            line_code=conf.LINE,
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            directory=conf.SOURCES,
            poll_seconds=conf.POLL_SECONDS,
            **facts,
        )
    published = []
    for key, line, name_zh, name_en, startable, model in PROCESSES:
        with transaction.atomic():
            version = _publish(
                key=key,
                line=BusinessLine.objects.get(code=line),
                names={"name_zh": name_zh, "name_en": name_en, "startable": startable},
                xml=model.read_text(encoding="utf-8"),
                author=author,
                approver=approver,
            )
        published += [version] if version else []
    return published


def _person(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise PersonMissing(username=username)
    return found


def _publish(
    *, key: str, line: BusinessLine, names: dict[str, Any], xml: str, author: User, approver: User
) -> ProcessVersion | None:
    """The new published version, or None when the published one already is this model."""
    process = Process.objects.filter(key=key).first()
    if process is None:
        create_process(key=key, line_id=line.pk, actor=author, **names)
    elif process.versions.filter(state=VersionState.PUBLISHED, model_xml=xml).exists():
        return None
    note = "产品自带的流程。Packaged with the product."
    draft = save_draft(process_key=key, model_xml=xml, note=note, actor=author)
    submit_version(version_id=draft.pk, actor=author, reason=note)
    approve_version(version_id=draft.pk, actor=approver, reason=note)
    return publish_version(version_id=draft.pk, actor=approver, reason=note)


def install_lines() -> None:
    """The rows of the two business lines; people are given roles on them afterwards."""
    for code, name_zh, name_en, position in LINES:
        BusinessLine.objects.get_or_create(code=code, defaults={"name_zh": name_zh, "name_en": name_en, "position": position})
