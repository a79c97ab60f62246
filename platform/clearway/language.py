"""Speaks the language that the person chose, in whatever browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


class PersonsLanguage:
    """Stands behind the sign-in and the locale middleware; people without a choice get what those found."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        if chosen and chosen != translation.get_language() and translation.check_for_language(chosen):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()
        answer = self.get_response(request)
        if chosen:
            answer.headers["Content-Language"] = translation.get_language() or chosen
        return answer
