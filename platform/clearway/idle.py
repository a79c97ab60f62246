"""Ends the sessions of people who have gone away: a page that reads itself again is nobody at the keyboard."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.people.conf import IDLE_COOKIE, conf

LATEST = "ends_at"
LEAST_SECONDS = 60
"""A session is written again only when it gains this much: not with every click."""


class IdleEnd:
    """Stands behind the sign-in. Each request of a person lets the session live on for the idle time, never past a working day.

    The end of a session closes its live connections, which ask the same row (`desk.selectors.signed_in_among`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if (
            request.user.is_authenticated
            and not hasattr(request, "token")
            and "X-Refresh" not in request.headers
            and conf.IDLE_MINUTES
        ):
            _live_on(request, answer)
        return answer


def _live_on(request: HttpRequest, answer: HttpResponse) -> None:
    now, session = timezone.now(), request.session  # the clock by which sessions end
    ends_at = datetime.fromisoformat(session.get(LATEST) or (now + timedelta(seconds=settings.SESSION_COOKIE_AGE)).isoformat())
    left = max(0, min(conf.IDLE_MINUTES * 60, int((ends_at - now).total_seconds())))
    if LATEST in session and 0 <= left - (session.get_expiry_date() - now).total_seconds() < LEAST_SECONDS:
        return
    session[LATEST] = ends_at.isoformat()
    session.set_expiry(now + timedelta(seconds=left))
    age, secure = settings.SESSION_COOKIE_AGE, request.is_secure()
    answer.set_cookie(IDLE_COOKIE, "1", max_age=age, httponly=True, samesite="Lax", secure=secure)
