import pytest

from tests.desk.conftest import signed_in

EXPECTED = ["default-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/runs/", "/nothing/", "/admin/login/", "/static/css/clearway.css"])
def test_every_answer_carries_the_strict_headers(maker, path):
    answer = signed_in(maker).get(path)

    policy = answer["Content-Security-Policy"]
    assert all(part in policy for part in EXPECTED)
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_pages_of_signed_in_people_are_kept_nowhere(maker):
    assert "no-store" in signed_in(maker).get("/")["Cache-Control"]
