"""Installs the line of each market: master data, sources, and the packaged process model as a published version."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from apps.lines.actions import Packaged, ensure_line, keep_sources, keep_templates, publish_packaged
from apps.lines.preferred_stock import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

NAMES = {
    conf.LINE: ("优先股赎回与回售（上海）", "Preferred stock redemption and put-back, Shanghai"),
    "preferred-sz": ("优先股赎回与回售（深圳）", "Preferred stock redemption and put-back, Shenzhen"),
    "preferred-bj": ("优先股赎回与回售（北京）", "Preferred stock redemption and put-back, Beijing"),
}
POSITIONS = {conf.LINE: 45, "preferred-sz": 46, "preferred-bj": 47}
DATA = Path(__file__).resolve().parent / "data"
PROCESSES: list[Packaged] = [
    (conf.PROCESSES[line], line, *names, True, DATA / f"{conf.PROCESSES[line]}.bpmn") for line, names in NAMES.items()
]


def install(
    *, author: User | None = None, approver: User | None = None, lines: Collection[str] = tuple(conf.MARKETS)
) -> list[ProcessVersion]:
    """Brings the line of each market, or of these, to what is packaged; the same package again changes nothing.

    Gives the versions it published.
    """
    install_line(lines)
    for line in lines:
        keep_sources(
            line,
            _sources(line),
            directory=conf.sources_of(line),
            outgoing=conf.outgoing_of(line),
            poll_seconds=conf.POLL_SECONDS,
        )
    packaged = [one for one in PROCESSES if one[1] in lines]
    return publish_packaged(packaged, author=author, approver=approver)


def _sources(line: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    """What of the depository and of the counter comes in a market. Codes of sources are unique over all lines."""
    suffix, market = line.removeprefix("preferred").removesuffix("-sh"), conf.MARKETS[line]
    depository = "Preferred stock, files of the depository", conf.files_of(market)
    counter = "Preferred stock, files of the counter", conf.counter_of(market)
    return [
        (f"preferred-market{suffix}", "中国结算优先股文件", *depository),
        (f"preferred-counter{suffix}", "柜台优先股文件", *counter),
    ]


def install_templates(*, actor: User) -> int:
    """The packaged processes as templates for others; how many are new."""
    return keep_templates(PROCESSES, actor=actor)


def install_line(lines: Collection[str] = tuple(conf.MARKETS)) -> None:
    for line in lines:
        name_zh, name_en = NAMES[line]
        ensure_line(code=line, name_zh=name_zh, name_en=name_en, position=POSITIONS[line])
