"""Whether a day of a line is closed, and what people said of files that came after it."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from apps.approvals.models import Approval
from apps.engine.models import Run, Subscription
from apps.engine.states import LIVE_RUN, RunState
from apps.files.models import ArrivedFile, FileRuling
from apps.files.states import AFTER_CLOSE, EARLIER_VERSION, MESSAGE, Arrival
from apps.people.models import BusinessLine
from apps.processes.models import Process

LATE_FILE = "late_file"
"""Approvals name released files by this."""


def is_closed(line: BusinessLine, day: date, file_code: str) -> bool:
    """Whether the day of a line is over for a file: every process that begins by itself or by people has ended a run of the
    date, none lives, and no run of any line waits for the file. At most three queries."""
    runs = Run.objects.filter(line=line, business_date=day, parent_step=None)
    states = set(runs.order_by().values_list("state", flat=True).distinct())
    if RunState.DONE not in states or states & set(LIVE_RUN):
        return False
    done = Run.objects.filter(process=OuterRef("pk"), business_date=day, parent_step=None, state=RunState.DONE)
    begun_apart = Process.objects.filter(line=line, startable=True, versions__state="published")
    if begun_apart.filter(~Exists(done)).exists():
        return False
    return not Subscription.objects.filter(name=MESSAGE, key=f"{line.code}/{day.isoformat()}/{file_code}").exists()


def may_be_released(file: ArrivedFile) -> bool:
    """Only its time or an earlier version stands against it: what else is wrong with a file no signature puts right."""
    wrong = wrong_with(file)
    return file.state == Arrival.QUARANTINED and bool(wrong) and wrong <= {AFTER_CLOSE, EARLIER_VERSION}


def wrong_with(file: ArrivedFile) -> set[str]:
    """The rules that a file broke."""
    return {problem["rule"] for problem in file.problems if problem["severity"] == "error"}


def rulings_of(file: ArrivedFile) -> QuerySet[FileRuling]:
    """What people said of a file, newest first. One query."""
    return file.rulings.select_related("asked_by", "decided_by").order_by("-pk")


def release_of(file: ArrivedFile) -> Approval | None:
    """The newest approval of a release of this file. One query."""
    return Approval.objects.filter(kind=LATE_FILE, subject=file.pk).order_by("-pk").first()


def address_of_file(file_id: int) -> str:
    return reverse("file", args=[file_id])


def words_of_file(file_id: int) -> list[tuple[Any, Any]]:
    """What is decided on when a quarantined file is released."""
    file = ArrivedFile.objects.select_related("line").get(pk=file_id)
    ruling = file.rulings.order_by("-pk").first()
    names = ("name", "line", "business_date", "arrived_at", "rows", "sha256")
    rows = [(str(ArrivedFile._meta.get_field(name).verbose_name), str(getattr(file, name))) for name in names]  # type: ignore[union-attr]
    return [*rows, (str(FileRuling._meta.get_field("reason").verbose_name), ruling.reason if ruling else "")]


def facts_of_file(file_id: int) -> dict[str, Any]:
    """What the rules of a path see."""
    file = ArrivedFile.objects.select_related("line").get(pk=file_id)
    return {"line": file.line.code, "file": file.file_code, "version": file.version}
