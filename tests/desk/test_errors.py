import pytest
from django.test import Client, RequestFactory

from apps.desk.views import errors
from apps.kernel.errors import StaleState
from tests.desk.conftest import signed_in


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_missing_page_says_what_to_do(maker, language):
    answer = signed_in(maker, language).get("/nothing/here/")

    assert answer.status_code == 404
    assert 'class="refusal' in answer.content.decode()
    assert answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_an_expired_form_is_explained(maker):
    client = Client(enforce_csrf_checks=True)
    client.force_login(maker)

    answer = client.post("/runs/begin/", {"process": "L01"})

    assert answer.status_code == 403
    assert 'class="refusal' in answer.content.decode()


def test_the_page_for_a_bug_needs_no_database():
    answer = errors.broken(RequestFactory().get("/"))

    assert answer.status_code == 500
    assert "Traceback" not in answer.content.decode()


@pytest.mark.django_db
def test_a_refusal_has_its_own_status_and_sentence(rf):
    answer = errors.refused(rf.get("/"), StaleState(what="Step 4", state="done"))

    assert answer.status_code == 409
    assert "Step 4" in answer.content.decode()
