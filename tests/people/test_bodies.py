"""Bodies at the door of the API: what nobody can keep is refused before anything looks at it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.journal.models import Entry
from apps.people.states import Role
from tests.factories.people import make_member, make_user

pytestmark = pytest.mark.django_db
TOKENS = "/api/tokens/"


@pytest.fixture
def ann(client):
    client.force_login(make_member("ann", Role.OPERATOR))
    return client


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"name": "a\\u0000b", "lines": ["rtgs-sh"]}', 400, "name"),
        (b'{"name": "a", "lines": ["\\ud800"]}', 400, "lines.0"),
        (b'{"name": "a", "name": "b"}', 400, "name"),
        (b'{"name": 1e999}', 400, "1e999"),
        (b"{", 400, "JSON"),
    ],
)
def test_a_body_that_cannot_be_kept_is_refused_with_words_and_nothing_is_done(ann, body, status, said):
    before = Entry.objects.count()

    answer = ann.post(TOKENS, body, content_type="application/json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]
    assert Entry.objects.count() == before


@pytest.mark.parametrize("key", ["", "night-1"])
def test_a_body_without_an_end_is_refused_before_it_is_read(ann, settings, key):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    more = {"headers": {"Idempotency-Key": key}} if key else {}
    before = Entry.objects.count()

    answer = ann.post(TOKENS, '{"name": "' + "x" * 1000 + '"}', content_type="application/json", **more)

    assert (answer.status_code, answer.json()["type"]) == (413, "body_too_long")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert Entry.objects.count() == before


def test_forms_and_parts_are_looked_at_too(ann):
    told = [
        ann.post(TOKENS, "name=a%00b&lines=rtgs-sh", content_type="application/x-www-form-urlencoded"),
        ann.post(TOKENS, {"name": "a\0b", "note": SimpleUploadedFile("note.txt", b"\0")}),
    ]

    assert [answer.status_code for answer in told] == [400, 400]
    assert all("name" in answer.json()["detail"] for answer in told)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
def test_a_moment_at_the_edge_of_the_calendar_is_refused_with_its_field(client, moment):
    make_user("bob")
    client.force_login(make_member("keeper", Role.ADMIN))
    given = {"person": "bob", "line": "rtgs-sh", "role": "operator", "reason": "a trial", "valid_from": moment}

    answer = client.post("/api/access/roles/", given, content_type="application/json")

    assert answer.status_code == 400
    assert "valid_from" in answer.json()["errors"]
