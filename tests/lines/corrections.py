"""What people and programs do about files that come again: ask, sign, release."""

from typing import Any

from django.test import Client
from django.urls import reverse

from apps.approvals.models import Approval
from apps.files.models import ArrivedFile
from apps.people.models import User

AGAIN = "the depository sent it again"


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def sent_to(name: str, key: int, username: str, **said: Any) -> tuple[int, dict[str, Any]]:
    answer = client_of(username).post(reverse(name, args=[key]), said, content_type="application/json")
    return answer.status_code, answer.json()


def asked(file: ArrivedFile, username: str = "wang.min", **said: Any) -> tuple[int, dict[str, Any]]:
    return sent_to("api-file-correction", file.pk, username, **({"reason": AGAIN} | said))


def ruled(file: ArrivedFile, verdict: str, username: str = "wang.min", reason: str = AGAIN) -> int:
    return sent_to("api-rule-on-file", file.pk, username, verdict=verdict, reason=reason)[0]


def decided(kind: str, username: str = "li.lei", verb: str = "approve") -> int:
    """The status of a decision on the newest approval of the kind."""
    approval = Approval.objects.filter(kind=kind).latest("pk")
    said = {"reason": "looked at", "revision": approval.revision}
    address = reverse("api-approval-verb", args=[approval.pk, verb])
    return client_of(username).post(address, said, content_type="application/json").status_code


def proposed(file: ArrivedFile, username: str = "wang.min") -> tuple[int, dict[str, Any]]:
    answer = client_of(username).get(reverse("api-file-correction", args=[file.pk]))
    return answer.status_code, answer.json()
