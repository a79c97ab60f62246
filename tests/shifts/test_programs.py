"""The same over HTTP, and what the desk shows of it."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from apps.people.models import Absence
from apps.shifts.models import Coverage, Duty, Handover
from tests.factories import shifts as made
from tests.factories.engine import PlanText, begin
from tests.factories.shifts import MONDAY, at, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with at(7):
        yield made.world()


def as_person(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_a_program_plans_a_week_and_reads_it(world):
    client = as_person(world.keeper)
    duty = {"line": world.line.code, "shift": "day", "business_date": MONDAY.isoformat(), "person": "ann", "role": "primary"}

    made_one = client.post("/api/roster/duties/", duty, format="json")
    twice = client.post("/api/roster/duties/", duty, format="json")
    copied = client.post("/api/roster/copy/", {"line": world.line.code, "week": "2026-12-02"}, format="json")
    dropped = client.post("/api/roster/coverage/", {"line": world.line.code, "shift": "day", "on_site": None}, format="json")
    week = client.get("/api/roster/", {"week": "2026-11-25", "line": world.line.code}).json()

    assert (made_one.status_code, twice.status_code, dropped.status_code) == (201, 409, 422)
    assert copied.json() == {"planned": 1, "left_out": []}
    cell = next(cell for cell in week["results"] if (cell["shift"], cell["day"]) == ("day", MONDAY.isoformat()))
    assert [one["duty"]["person"] for one in cell["planned"]] == ["ann"]
    assert [finding["kind"] for finding in cell["findings"]] == ["too_few_on_site", "no_backup"]
    assert client.delete(f"/api/roster/duties/{made_one.json()['id']}/").status_code == 204
    assert (Duty.objects.count(), Coverage.objects.count()) == (1, 2)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-13-01", "x"])
def test_days_out_of_reach_are_refused_in_words(world, day):
    client = as_person(world.keeper)
    duty = {"line": world.line.code, "shift": "day", "business_date": day, "person": "ann", "role": "primary"}

    assert client.post("/api/roster/duties/", duty, format="json").status_code == 400
    assert client.get("/api/roster/", {"week": day}).status_code == 400
    assert client.get(f"/api/handovers/report/{world.line.code}/day/{day}/").status_code == 400
    assert not Duty.objects.exists()


def test_two_programs_sign_for_two_people(world):
    planned(world, world.ann)
    planned(world, world.bob, world.night)
    ann, bob = as_person(world.ann), as_person(world.bob)
    with at(16, 30):
        begin(PlanText("P").user("make").flow("start", "make", "end"))
        report = ann.get(f"/api/handovers/report/{world.line.code}/day/{MONDAY.isoformat()}/").json()
        red = [line["key"] for part in report["sections"] for line in part["lines"] if line["is_red"]]
        signs = {"line": world.line.code, "shift": "day", "business_date": MONDAY.isoformat(), "seen": report["seen"]}

        given = ann.post("/api/handovers/", {**signs, "notes": "Quiet."}, format="json").json()
        taken = bob.post(f"/api/handovers/{given['id']}/take/", {"acknowledged": red}, format="json").json()

    assert (given["state"], taken["state"], taken["taken_by"], taken["notes"]) == ("given", "taken", "bob", "Quiet.")
    assert taken["digest"] == Handover.objects.get().digest
    assert [one["id"] for one in bob.get("/api/handovers/", {"line": world.line.code}).json()["results"]] == [given["id"]]


def test_home_and_run_say_who_is_on_duty(world, client):
    planned(world, world.ann)
    planned(world, world.bob, role="backup")
    run = begin(PlanText("P").user("make").flow("start", "make", "end"))
    Absence.objects.create(person=world.ann, valid_from_date=MONDAY, valid_until_date=MONDAY)
    client.force_login(world.ann)
    client.cookies["django_language"] = "en"

    with at(16, 30):
        home = client.get("/").content.decode()
        head = client.get(f"/runs/{run.pk}/").content.decode()

    assert f"/handovers/{world.line.code}/day/{MONDAY.isoformat()}/" in home
    assert head.index("bob (Backup)") < head.index("ann (On duty, absent)")
    with at(9, day=MONDAY + timedelta(days=20)):
        assert "You are on no shift in the next two weeks." in client.get("/").content.decode()
