"""Programs at the door of the API: they sign in with a token, and ask with a key what must be done once."""

from collections.abc import Callable
from urllib.parse import unquote

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from apps.kernel.errors import DomainError
from apps.people.actions import answer_once, count_request, digest_of, person_of_token
from apps.people.conf import conf
from apps.people.errors import BodyTooLong, TokenOnlyReads, UnreadableAddress
from apps.people.models import AnsweredRequest, User
from clearway.problems import PROBLEM, later, problem_of

API, READING = "/api/", {"GET", "HEAD", "OPTIONS"}
TRANSIENT = {401, 403, 429}
"""Answers that another try may change without anybody having done anything: they are not kept."""

Answer = Callable[[HttpRequest], HttpResponse]


class ReadableAddress:
    """Stands before whoever looks anything up: an address of the API with a NUL is refused, as no database has text with one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API):
            places = {"path": request.path, "query": unquote(request.META.get("QUERY_STRING", ""))}
            found = next((place for place, text in places.items() if "\0" in text), None)
            if found is not None:
                return _refused(UnreadableAddress(place=found))
        return self.get_response(request)


class TokenSignIn:
    """Stands behind the sessions. `Authorization: Bearer ...` under /api/ makes its person the one who asks, with its scope."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not request.path.startswith(API):
            return self.get_response(request)
        try:
            request.user, request.token = person_of_token(text.strip())  # type: ignore[attr-defined]
            count_request(request.token)  # type: ignore[attr-defined]
            if request.method not in READING and not request.token.acts:  # type: ignore[attr-defined]
                raise TokenOnlyReads()
        except DomainError as refusal:
            return _refused(refusal)
        return self.get_response(request)


class OnceByKey:
    """Stands innermost. A POST under /api/ with an `Idempotency-Key` is done once, whoever loses the answer asks again."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        person = request.user
        if key is None or request.method != "POST" or not request.path.startswith(API) or not isinstance(person, User):
            return self.get_response(request)
        fresh: list[HttpResponse] = []

        def answer() -> AnsweredRequest | None:
            fresh.append(self.get_response(request))
            status = fresh[0].status_code
            if status >= 500:
                transaction.set_rollback(True)
            if status >= 500 or status in TRANSIENT or fresh[0].streaming:
                return None
            kind = fresh[0].headers.get("Content-Type", "")
            # What is said only once is not kept either: the view gives what is said to whoever asks again.
            kept_body = getattr(fresh[0], "body_kept", fresh[0].content)
            return AnsweredRequest(status=status, content_type=kind, body=kept_body)

        try:
            asked = digest_of(request.get_full_path().encode(), (request.content_type or "").encode(), request.body)
            kept = answer_once(key=key, request=asked, actor=person, answer=answer)
        except RequestDataTooBig:
            return _refused(BodyTooLong(bytes=conf.most_body_bytes()))
        except DomainError as refusal:
            return _refused(refusal)
        if fresh or kept is None:
            return fresh[0]
        again = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type or None)
        again.headers["Idempotency-Replayed"] = "true"
        return again


def _refused(refusal: DomainError) -> HttpResponse:
    answer = JsonResponse(problem_of(refusal), status=refusal.http_status, content_type=PROBLEM, headers=later(refusal))
    if refusal.http_status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if refusal.http_status == 409:
        answer.headers["Retry-After"] = "1"
    return answer
