"""What installing any business line does: its row, its sources, and its packaged models as published versions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from apps.files.actions import define_source
from apps.files.conf import from_data_folder
from apps.lines.errors import PersonMissing
from apps.people.models import BusinessLine, User
from apps.processes.actions import approve_version, create_process, publish_version, save_draft, save_template, submit_version
from apps.processes.models import Process, ProcessTemplate, ProcessVersion
from apps.processes.states import VersionState

AUTHOR, APPROVER = "chen.jing", "zhao.gang"
NOTE = "产品自带的流程。Packaged with the product."

Packaged = tuple[str, str, str, str, bool, Path]
"""Key, code of the line, Chinese and English name, whether people begin it, and the model."""


def ensure_line(*, code: str, name_zh: str, name_en: str, position: int) -> BusinessLine:
    """The row of a line; people are given roles on it afterwards."""
    facts = {"name_zh": name_zh, "name_en": name_en, "position": position}
    return BusinessLine.objects.get_or_create(code=code, defaults=facts)[0]


def keep_sources(
    line: str, sources: Sequence[tuple[str, str, str, dict[str, Any]]], *, directory: str, outgoing: str, poll_seconds: int
) -> None:
    """Where the files of a line come from (code, both names, facts of each source), and the folders around both ways."""
    for folder in (directory, outgoing):
        from_data_folder(folder).parent.mkdir(parents=True, exist_ok=True)
    for code, name_zh, name_en, facts in sources:
        define_source(
            line_code=line,
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            directory=directory,
            poll_seconds=poll_seconds,
            **facts,
        )


def publish_packaged(
    packaged: list[Packaged], *, author: User | None = None, approver: User | None = None
) -> list[ProcessVersion]:
    """A changed model becomes a new version, written by one person and approved by another: those of the demonstration unless
    others are named. The same models again change nothing."""
    author, approver = author or _person(AUTHOR), approver or _person(APPROVER)
    published = []
    for key, line, name_zh, name_en, startable, model in packaged:
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


def keep_templates(packaged: list[Packaged], *, actor: User) -> int:
    """The packaged processes as templates for others; how many are new. A template that is there stays as it is."""
    new = 0
    for key, _line, name_zh, name_en, _startable, model in packaged:
        if not ProcessTemplate.objects.filter(key=key).exists():
            facts = {"key": key, "name_zh": name_zh, "name_en": name_en, "description": ""}
            save_template(facts={**facts, "model_xml": model.read_text(encoding="utf-8")}, actor=actor)
            new += 1
    return new


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
    draft = save_draft(process_key=key, model_xml=xml, note=NOTE, actor=author)
    submit_version(version_id=draft.pk, actor=author, reason=NOTE)
    approve_version(version_id=draft.pk, actor=approver, reason=NOTE)
    return publish_version(version_id=draft.pk, actor=approver, reason=NOTE)
