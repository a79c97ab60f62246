"""Which trade date a moment belongs to: trades of the night session belong to the next one (fact book, line L10, Calculation).

Windows come from the time nodes of the business date, which people edit; no clock time stands here.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from apps.lines.precious_metals.states import MatchDate

Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Sessions:
    """The sessions of one trade date in local time of the exchange; the night one lies on the natural days before it."""

    business_date: date
    night: Window
    day: Window

    def is_night(self, day: date, at: time, match_date: MatchDate) -> bool | None:
        """Whether a trade with this date and time is of the night session; None when it is of another trade date."""
        if match_date is MatchDate.TRADE:
            return self._by_time(at) if day == self.business_date else None
        moment = datetime.combine(day, at, self.night[0].tzinfo)
        if self.night[0] <= moment <= self.night[1]:
            return True
        return False if self.day[0] <= moment <= self.day[1] else None

    def _by_time(self, at: time) -> bool | None:
        """Rows that carry the trade date: only the time tells the session, and the night one goes over midnight."""
        if self.day[0].time() <= at <= self.day[1].time():
            return False
        begins, ends = self.night[0].time(), self.night[1].time()
        inside = begins <= at <= ends if begins <= ends else at >= begins or at <= ends
        return True if inside else None
