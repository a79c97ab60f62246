"""Tokens for programs: what a person may do, narrowed to lines and to reading, until they end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine.models import Run
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people import selectors
from apps.people.actions import create_token, deactivate_user, end_token, may
from apps.people.errors import NotByToken, UnusableToken
from apps.people.models import AnsweredRequest, ProgramToken, User
from apps.people.states import LINE_RIGHTS, PROCESS_RIGHTS, READING, Right, Role, TokenScope
from clearway.settings.caching import caches, counted_in
from tests.architecture.door_words import INSIDE, RATE
from tests.architecture.doors import DOORS
from tests.factories.engine import PlanText, begin, published
from tests.factories.people import give_role, make_line, make_member, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 4, 0, 15, tzinfo=UTC)


@pytest.fixture
def rtgs():
    return make_line("rtgs-sh")


@pytest.fixture
def options():
    return make_line("options")


@pytest.fixture
def person(rtgs, options):
    """Everything on two lines."""
    user = make_member("wang.min", *Role, line=rtgs)
    give_role(user, options, *Role)
    return user


def token_of(person, *lines, acts=False, days=30):
    return create_token(name="night batch", lines=lines or ["rtgs-sh"], acts=acts, days=days, actor=person)


def program(text):
    return Client(HTTP_AUTHORIZATION=f"Bearer {text}", HTTP_ACCEPT_LANGUAGE="en")


def narrowed(person, *lines, acts):
    user = User.objects.get(pk=person.pk)
    user.scope = TokenScope(frozenset(line.pk for line in lines), acts)
    return user


def test_a_program_reads_as_its_person_and_only_a_digest_is_kept(person):
    token, text = token_of(person)

    answer = program(text).get("/api/runs/")

    assert answer.status_code == 200
    assert text not in str(ProgramToken.objects.values().get()) + str(list(Entry.objects.values_list("data", flat=True)))
    assert [entry.kind for entry in Entry.objects.filter(stream="people", data__token=token.pk)] == ["people.token_created"]
    assert ProgramToken.objects.get().used_at is not None


def test_what_is_no_token_opens_nothing(person):
    _token, text = token_of(person)

    for wrong in (text + "x", "", "clearway_", text[:-1], "a" * 5000, "\u00e9"):
        answer = program(wrong).get("/api/runs/")
        assert answer.status_code == 401, wrong
        assert answer.json()["type"] == "unknown_token"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_opens_the_api_and_no_page(person):
    _token, text = token_of(person)

    assert program(text).get("/runs/").status_code == 302
    assert program(text).get("/admin/").status_code == 302


def test_a_token_ends_by_hand_by_time_and_with_its_person(person, rtgs):
    chief = make_user("chief", superuser=True)
    texts = [token_of(person)[1] for _ in range(3)]
    end_token(token_id=ProgramToken.objects.order_by("pk")[0].pk, actor=person)

    assert [program(text).get("/api/runs/").status_code for text in texts] == [401, 200, 200]
    with clock.fixed_at(clock.now() + timedelta(days=30, seconds=1)):
        assert program(texts[1]).get("/api/runs/").status_code == 401
    deactivate_user(user_id=person.pk, actor=chief)
    assert program(texts[2]).get("/api/runs/").status_code == 401


def test_a_reading_token_cannot_change_anything(person):
    published(PlanText("L01").user("make").flow("start", "make", "end"), on=make_line("rtgs-sh"))
    _token, text = token_of(person)

    answer = program(text).post("/api/runs/", {"process": "L01", "business_date": "2026-03-03"}, content_type="application/json")

    assert (answer.status_code, answer.json()["type"]) == (403, "token_only_reads")
    assert not Run.objects.exists()


def test_an_acting_token_acts_on_its_lines_and_on_no_other(person, rtgs, options):
    published(PlanText("MINE").user("make").flow("start", "make", "end"), on=rtgs)
    published(PlanText("OTHER").user("make").flow("start", "make", "end"), on=options)
    _token, text = token_of(person, "rtgs-sh", acts=True)

    def begun(key):
        return program(text).post(
            "/api/runs/", {"process": key, "business_date": "2026-03-03"}, content_type="application/json"
        ).status_code  # fmt: skip

    assert begun("MINE") == 201
    assert begun("OTHER") in {403, 404}
    assert [run.process.key for run in Run.objects.all()] == ["MINE"]


@pytest.mark.parametrize("acts", [True, False])
def test_every_question_about_rights_is_narrowed_to_the_scope(person, rtgs, options, acts):
    process = published(PlanText("MINE").user("make").flow("start", "make", "end"), on=rtgs).process
    other = published(PlanText("OTHER").user("make").flow("start", "make", "end"), on=options).process
    one = narrowed(person, rtgs, acts=acts)
    kept = {right for right in Right if acts or right in READING}

    assert {right for right in Right if may(one, right, rtgs)} == kept
    assert {right for right in Right if may(one, right, rtgs, process.pk)} == kept
    assert not any(may(one, right, options) or may(one, right, options, other.pk) for right in Right)
    assert {right for right in Right if selectors.lines_where(one, right).exists()} == kept
    assert selectors.rights_of(one).by_line == {rtgs.pk: kept}
    assert selectors.journal_lines_of(one) == {"rtgs-sh", ""}
    for right in set(PROCESS_RIGHTS) | LINE_RIGHTS:
        found = type(process).objects.filter(selectors.reaches(one, right, process="pk"))
        assert {row.key for row in found} == ({"MINE"} if right in kept else set()), right


def test_a_superuser_is_none_by_a_token(rtgs, options):
    root = make_user("root", superuser=True)
    one = narrowed(root, rtgs, acts=True)

    assert selectors.is_superuser(root)
    assert not selectors.is_superuser(one)
    assert [line.code for line in selectors.lines_visible_to(one)] == ["rtgs-sh"]


def test_no_list_of_the_api_names_what_lies_on_other_lines(person, rtgs, options, monkeypatch):
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)  # the connection is the test's own
    for key, line in (("MINE", rtgs), ("HUSHHUSH", options)):
        published(PlanText(key).user("make").flow("start", "make", "end"), on=line)
        begin(key, actor=person)
    _token, text = token_of(person, "rtgs-sh")
    told = {}
    for name, doors in DOORS.items():
        for one in doors:
            # Rates belong to no line, and this world has none.
            if name.startswith("api-") and one.who == INSIDE and one.method == "get" and RATE not in one.arguments:
                answer: Any = program(text).get(reverse(name, args=one.arguments), dict(one.data))
                told[f"{name} {one.data}"] = (answer.status_code, b"".join(answer))

    assert [name for name, (status, body) in told.items() if status >= 500 or b"HUSHHUSH" in body] == []
    assert b"MINE" in told["api-runs ()"][1]
    assert program(text).get(f"/api/runs/{Run.objects.get(process__key='HUSHHUSH').pk}/").status_code == 404


def test_nobody_makes_a_token_for_what_they_cannot_see_for_nothing_or_for_ever(person):
    make_line("fund")

    wrong: list[Any] = [{"lines": ["fund"]}, {"lines": []}, {"lines": ["rtgs-sh", "fund"]}, {"days": 0}, {"days": 366}]
    for words in wrong:
        with pytest.raises(UnusableToken):
            create_token(**{"name": "x", "lines": ["rtgs-sh"], "acts": True, "days": 9, "actor": person, **words})
    with pytest.raises(NotByToken):
        token_of(narrowed(person, make_line("rtgs-sh"), acts=True))
    assert not ProgramToken.objects.exists()


def test_only_its_person_and_administrators_of_its_lines_end_a_token(person, options):
    token, _text = token_of(person, "rtgs-sh")
    stranger, chief = make_member("stranger", *Role, line=options), make_member("chief", Role.ADMIN)

    with pytest.raises(NotFound):
        end_token(token_id=token.pk, actor=stranger)
    assert ProgramToken.objects.get().ended_at is None
    assert list(selectors.tokens_to_end(stranger)) == []
    end_token(token_id=token.pk, actor=chief)

    assert ProgramToken.objects.get().ended_by == chief
    assert Entry.objects.filter(kind="people.token_ended", data__token=token.pk).count() == 1


@pytest.fixture
def at_noon():
    """A minute that does not end while a test counts in it."""
    with clock.fixed_at(NOON):
        yield


@pytest.mark.parametrize("place", ["cache", "database"])
def test_too_many_requests_are_told_when_to_come_again(place, person, settings, at_noon):
    settings.CLEARWAY_TOKEN_REQUESTS_A_MINUTE, settings.CLEARWAY_COUNT_REQUESTS_IN = 2, place
    _token, text = token_of(person)

    answers = [program(text).get("/api/runs/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "45"
    assert answers[2].json()["type"] == "throttled"
    assert program(token_of(person)[1]).get("/api/runs/").status_code == 200
    with clock.fixed_at(NOON + timedelta(seconds=45)):
        assert program(text).get("/api/runs/").status_code == 200


def test_a_cache_that_cannot_be_reached_stops_nothing_and_the_database_counts(person, settings, at_noon, monkeypatch):
    settings.CLEARWAY_TOKEN_REQUESTS_A_MINUTE, settings.CLEARWAY_COUNT_REQUESTS_IN = 2, "cache"
    _token, text = token_of(person)

    def unreachable(*_arguments: Any) -> None:
        raise ConnectionError("no such cache")

    monkeypatch.setattr("apps.people.actions.counting.cache.add", unreachable, raising=False)

    assert [program(text).get("/api/runs/").status_code for _ in range(3)] == [200, 200, 429]


def test_web_processes_count_in_redis_or_in_their_database_and_one_alone_in_memory(monkeypatch):
    monkeypatch.delenv("CLEARWAY_CACHE_URL", raising=False)
    in_postgresql, in_sqlite = (
        {"default": {"ENGINE": engine}} for engine in ("django.db.backends.postgresql", "clearway.sqlite3")
    )
    redis, rabbit, memory = (caches(url, "a") for url in ("redis://one:6379/0", "amqp://one", "memory://"))

    assert redis["default"]["LOCATION"] == "redis://one:6379/0"
    assert counted_in(redis, in_postgresql) == "cache"
    assert counted_in(rabbit, in_postgresql) == "database"
    assert counted_in(memory, in_sqlite) == "cache"
    monkeypatch.setenv("CLEARWAY_CACHE_URL", "rediss://other:6379/1")
    assert caches("amqp://one", "a")["default"]["LOCATION"] == "rediss://other:6379/1"


def in_person(person):
    visitor = Client(HTTP_ACCEPT_LANGUAGE="en")
    visitor.force_login(person)
    return visitor


def test_tokens_are_made_listed_and_ended_over_the_api_by_people_alone(person):
    client, words = in_person(person), {"name": "night batch", "lines": ["rtgs-sh"], "acts": True, "days": 30}

    made = client.post("/api/tokens/", words, content_type="application/json").json()
    text = made.pop("text")
    listed = client.get("/api/tokens/")
    by_program = [
        program(text).get("/api/tokens/").json()["type"],
        program(text).post("/api/tokens/", words, content_type="application/json").json()["type"],
        program(text).post(f"/api/tokens/{made['id']}/end/").json()["type"],
    ]
    worked = program(text).get("/api/runs/").status_code
    ended = client.post(f"/api/tokens/{made['id']}/end/").json()

    assert listed.json()["results"] == [made | {"used_at": listed.json()["results"][0]["used_at"]}]
    assert text.encode() not in listed.content
    assert by_program == ["not_by_token"] * 3
    assert (worked, program(text).get("/api/runs/").status_code) == (200, 401)
    assert ended["ended_by"] == person.username
    assert ProgramToken.objects.count() == 1


def test_the_text_of_a_new_token_is_said_once_and_never_kept_for_whoever_asks_again(person):
    client, words = in_person(person), {"name": "night batch", "lines": ["rtgs-sh"], "days": 30}

    first, again = (
        client.post("/api/tokens/", words, content_type="application/json", headers={"Idempotency-Key": "a-token"})
        for _ in range(2)
    )

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json() | {"text": None}
    assert ProgramToken.objects.count() == 1
    assert first.json()["text"].encode() not in bytes(AnsweredRequest.objects.get().body)
    unusable: list[dict[str, Any]] = [{"lines": []}, {"lines": ["nowhere"]}, {"days": 0}, {"days": 3000}]
    for wrong in unusable:
        assert client.post("/api/tokens/", words | wrong, content_type="application/json").status_code in {400, 422}
    assert ProgramToken.objects.count() == 1


@pytest.mark.parametrize("address", ["/api/packages/export/?process=a%00b", "/api/access/?q=%00", "/api/journal/run%00.1/"])
def test_an_address_that_no_database_could_look_up_is_refused_with_its_place(address, person):
    answer = in_person(person).get(address)

    assert (answer.status_code, answer.json()["type"]) == (400, "unreadable_address")
    assert answer.json()["facts"]["place"] in {"path", "query"}
