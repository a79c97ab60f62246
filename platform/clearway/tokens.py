"""What the API knows of tokens. Imported while the framework sets itself up: nothing of its views may be imported here."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.people.models import ProgramToken, User


class ByToken(BaseAuthentication):
    """For the API: whoever came with a token has been found already."""

    def authenticate(self, request: Request) -> tuple[User, ProgramToken] | None:
        token = getattr(request._request, "token", None)
        return (token.person, token) if token is not None else None


class ByTokenInSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class, name = "clearway.tokens.ByToken", "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
