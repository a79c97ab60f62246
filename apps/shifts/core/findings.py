"""What a line lacks on a shift of a day. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.shifts.states import DutyRole, FindingKind


@dataclass(frozen=True)
class Post:
    """Somebody who is planned; `of_line` is False for a duty for one process or step."""

    person: str
    role: str
    on_site: bool
    is_there: bool
    of_line: bool = True


@dataclass(frozen=True)
class Finding:
    """`person` who is absent; `have` and `need` people on site."""

    kind: FindingKind
    person: str = ""
    have: int = 0
    need: int = 0


def findings_of(posts: Sequence[Post], need_on_site: int) -> list[Finding]:
    """The worst first. Somebody absent fills no place: neither as the one on duty nor as backup nor on site.

    A backup who is there takes the place of an absent primary, and is then nobody's backup any more.
    """
    there = [post for post in posts if post.is_there]
    of_line = [post for post in there if post.of_line]
    primaries = sum(post.role == DutyRole.PRIMARY for post in of_line)
    found = []
    if not of_line:
        found.append(Finding(FindingKind.NO_PRIMARY))
    have = len({post.person for post in there if post.on_site})
    if have < need_on_site:
        found.append(Finding(FindingKind.TOO_FEW_ON_SITE, have=have, need=need_on_site))
    found += [Finding(FindingKind.ABSENT, person=post.person) for post in posts if not post.is_there]
    if of_line and len(of_line) - (primaries or 1) < 1:
        found.append(Finding(FindingKind.NO_BACKUP))
    return found
