"""Where the websockets hang, and who may knock: only pages of this very site, with a session."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import path, re_path

from apps.desk.consumers import CommentFeed, EverythingFeed, InboxFeed, LineFeed, PresenceFeed, ProcessFeed, RunFeed, TeamFeed

Scope = dict[str, Any]
Application = Callable[..., Awaitable[Any]]

websocket_urlpatterns = [
    path("ws/runs/<int:run_id>/after/<int:number>/", RunFeed.as_asgi()),
    path("ws/comments/<slug:kind>/<int:key>/after/<int:number>/", CommentFeed.as_asgi()),
    path("ws/processes/<slug:key>/<slug:place>/", ProcessFeed.as_asgi()),
    path("ws/at/<slug:kind>/<slug:key>/", PresenceFeed.as_asgi()),
    path("ws/inbox/", InboxFeed.as_asgi()),
    re_path(r"^ws/lines/(?P<line>[-\w]{1,40})/after/(?P<position>[0-9]{1,19}\.[0-9]{1,19})/$", LineFeed.as_asgi()),
    re_path(r"^ws/teams/(?P<team>[0-9]{1,18})/after/(?P<position>[0-9]{1,19}\.[0-9]{1,19})/$", TeamFeed.as_asgi()),
    re_path(r"^ws/feed/after/(?P<position>[0-9]{1,19}\.[0-9]{1,19})/$", EverythingFeed.as_asgi()),
]


class SameOrigin:
    """Refuses a handshake whose Origin is missing or is not the site itself (or one that the settings trust)."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Application, send: Application) -> Any:
        if is_own_origin(scope):
            return await self.inner(scope, receive, send)
        await send({"type": "websocket.close", "code": 1008})
        return None


class KnownAddress:
    """Refuses addresses that no feed has, instead of letting the router raise."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Application, send: Application) -> Any:
        known = any(pattern.pattern.match(scope["path"].lstrip("/")) for pattern in websocket_urlpatterns)
        if known:
            return await self.inner(scope, receive, send)
        await send({"type": "websocket.close", "code": 1008})
        return None


def is_own_origin(scope: Scope) -> bool:
    """Whether the page that opens the socket came from the host it opens it to."""
    headers = dict(scope.get("headers", []))
    origin = headers.get(b"origin", b"").decode("latin-1").lower()
    host = headers.get(b"host", b"").decode("latin-1").lower()
    if not origin or not host:
        return False
    if origin in {trusted.lower() for trusted in settings.CSRF_TRUSTED_ORIGINS}:
        return True
    parts = urlsplit(origin)
    domain, _ = split_domain_port(host)
    return parts.scheme in ("http", "https") and parts.netloc == host and validate_host(domain, settings.ALLOWED_HOSTS)


websockets = SameOrigin(KnownAddress(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))))
