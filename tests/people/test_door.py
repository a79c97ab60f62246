"""Sign-in, sign-out, settings of one's own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.actions.signing import delay_seconds
from apps.people.models import SignInCounter
from tests.factories.people import PASSWORD, make_member, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _few_free_tries(settings):
    settings.CLEARWAY_FREE_TRIES_PER_PERSON = 3
    settings.CLEARWAY_FREE_TRIES_PER_ADDRESS = 8


@pytest.fixture
def wang():
    return make_user("wang.min", display_name="王敏", password=PASSWORD)


def sign_in(client, username="wang.min", password=PASSWORD, **extra):
    return client.post(reverse("sign-in"), {"username": username, "password": password}, **extra)


def kinds():
    return list(Entry.objects.filter(stream="security").order_by("number").values_list("kind", flat=True))


def test_the_right_password_opens_the_door_with_a_new_session_and_is_journaled(client, wang):
    client.get(reverse("sign-in"))
    before = client.session.session_key

    answer = sign_in(client)

    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session.session_key != before
    entry = Entry.objects.get(kind="security.signed_in")
    assert (entry.actor_id, entry.data["address"]) == (wang.pk, "127.0.0.1")


def test_one_comes_back_to_where_one_wanted_to_go_but_not_to_another_site(client, wang):
    answer = client.post(reverse("sign-in"), {"username": "wang.min", "password": PASSWORD, "next": "/profile/"})
    assert answer.url == "/profile/"

    client.logout()
    answer = client.post(reverse("sign-in"), {"username": "wang.min", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.url == "/"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_unknown_name_and_a_wrong_password_and_a_closed_account_look_alike(client, wang, language):
    make_user("gone", password=PASSWORD, is_active=False)
    client.cookies["django_language"] = language

    tries = [("wang.min", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD)]
    texts = []
    for username, password in tries:
        answer = sign_in(client, username, password)
        assert answer.status_code == 422
        texts.append(str(answer.context["form"].non_field_errors()[0]))

    assert len(set(texts)) == 1
    assert kinds() == ["security.sign_in_failed"] * 3


@pytest.mark.parametrize("username", ["wang.min", "nobody"])
def test_failures_slow_the_next_tries_down_more_and_more_even_for_names_that_do_not_exist(client, wang, username):
    with clock.fixed_at(NOON):
        for _ in range(3):
            assert sign_in(client, username, "wrong").status_code == 422

        assert sign_in(client, username, PASSWORD).status_code == 429
    with clock.fixed_at(NOON + timedelta(seconds=3)):
        assert sign_in(client, username, "wrong").status_code == 422
        assert sign_in(client, username, "wrong").status_code == 429
    with clock.fixed_at(NOON + timedelta(seconds=6)):
        assert sign_in(client, username, "wrong").status_code == 429

    assert kinds().count("security.sign_in_locked") == 3
    assert "_auth_user_id" not in client.session


def test_after_the_delay_the_right_password_opens_and_the_count_starts_anew(client, wang):
    with clock.fixed_at(NOON):
        for _ in range(3):
            sign_in(client, password="wrong")
    with clock.fixed_at(NOON + timedelta(seconds=3)):
        assert sign_in(client).status_code == 302
        client.logout()
        assert sign_in(client, password="wrong").status_code == 422
        assert sign_in(client).status_code == 302


def test_another_address_is_not_punished_for_it(client, wang):
    with clock.fixed_at(NOON):
        for _ in range(4):
            sign_in(client, password="wrong")

        assert sign_in(client, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_trying_many_names_from_one_address_closes_the_address(client, wang):
    with clock.fixed_at(NOON):
        for number in range(8):
            assert sign_in(client, f"name{number}", "wrong").status_code == 422

        assert sign_in(client).status_code == 429


def test_old_failures_are_forgotten(client, wang):
    with clock.fixed_at(NOON):
        for _ in range(3):
            sign_in(client, password="wrong")
    with clock.fixed_at(NOON + timedelta(days=2)):
        sign_in(client, password="wrong")

    assert SignInCounter.objects.filter(failures=1).count() == 2


def test_no_password_ever_reaches_the_journal(client, wang):
    sign_in(client, password="my other secret")
    sign_in(client)

    assert "secret" not in str(list(Entry.objects.values_list("data", flat=True)))
    assert PASSWORD not in str(list(Entry.objects.values_list("data", flat=True)))


@given(st.integers(0, 10_000), st.integers(1, 50), st.integers(1, 5000))
def test_delays_never_shrink_and_never_pass_the_longest(failures, free, longest):
    now, later = delay_seconds(failures, free, longest), delay_seconds(failures + 1, free, longest)

    assert 0 <= now <= later <= longest
    assert (now == 0) == (failures < free)


def test_signing_out_needs_a_post_and_ends_the_session(client, wang):
    sign_in(client)
    assert client.get(reverse("sign-out")).status_code == 405
    assert "_auth_user_id" in client.session

    assert client.post(reverse("sign-out")).status_code == 302

    assert "_auth_user_id" not in client.session
    assert kinds()[-1] == "security.signed_out"


def test_a_deactivated_person_is_out_with_the_next_request(client, wang):
    sign_in(client)
    wang.is_active = False
    wang.save()

    answer = client.get(reverse("profile"))

    assert answer.status_code == 302
    assert "sign-in" in answer.url


def test_the_session_cookie_is_not_for_scripts_or_other_sites(client, wang):
    answer = sign_in(client)

    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_forms_without_the_token_are_refused(wang):
    strict = Client(enforce_csrf_checks=True)

    assert sign_in(strict).status_code == 403
    assert not Entry.objects.exists()


def test_a_chosen_language_follows_the_person_to_another_browser(client, wang):
    client.force_login(wang)
    client.post(reverse("profile"), {"language": "en", "theme": "dark"})

    other = Client()
    other.force_login(wang)
    page = other.get(reverse("profile"), headers={"accept-language": "zh-CN"})

    assert page.headers["Content-Language"] == "en"
    assert "Your roles" in page.text
    assert client.cookies["theme"].value == "dark"


def test_the_language_switch_of_every_page_keeps_the_choice_with_the_account(client, wang):
    client.force_login(wang)
    client.post(reverse("profile"), {"language": "en", "theme": "auto"})

    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/profile/"})

    wang.refresh_from_db()
    assert wang.language == "zh-hans"
    assert client.get(reverse("profile")).headers["Content-Language"] == "zh-hans"


def test_the_language_switch_serves_people_who_are_not_signed_in(client):
    client.post("/i18n/setlang/", {"language": "en", "next": "/sign-in/"})

    assert "Password" in client.get(reverse("sign-in")).text


def test_an_unknown_language_or_theme_changes_nothing(client, wang):
    client.force_login(wang)

    assert client.post(reverse("profile"), {"language": "fr", "theme": "auto"}).status_code == 422
    assert client.post(reverse("profile"), {"language": "en", "theme": "pink"}).status_code == 422
    client.post("/i18n/setlang/", {"language": "fr", "next": "/profile/"})

    wang.refresh_from_db()
    assert wang.language == ""


def test_the_profile_names_the_roles_and_costs_few_queries(client, django_assert_max_num_queries):
    person = make_member("li.lei", "checker", "operator")
    client.force_login(person)
    client.get(reverse("profile"))  # the session has learnt when it ends

    with django_assert_max_num_queries(4):
        page = client.get(reverse("profile"), headers={"accept-language": "en"})

    assert page.status_code == 200
    assert page.text.count("rtgs-sh") >= 2


def test_a_new_password_is_journaled_and_ends_other_sessions(client, wang):
    sign_in(client)
    other = Client()
    sign_in(other)
    new = "a quite different phrase"

    answer = client.post(reverse("password-change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert answer.status_code == 302
    assert client.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 302
    assert "security.password_changed" in kinds()


def test_a_weak_password_is_refused_on_the_form(client, wang):
    client.force_login(wang)

    answer = client.post(
        reverse("password-change"), {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"}
    )

    assert answer.status_code == 422
    wang.refresh_from_db()
    assert "security.password_changed" not in kinds()


@pytest.mark.parametrize("name", ["profile", "password-change", "calendar"])
def test_nobody_sees_these_pages_without_signing_in(client, name):
    answer = client.get(reverse(name))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("sign-in"))


def test_the_admin_site_has_no_door_of_its_own(client, wang):
    assert client.get("/admin/login/").url.startswith(reverse("sign-in"))

    client.force_login(wang)
    assert client.get("/admin/login/").url == "/"
