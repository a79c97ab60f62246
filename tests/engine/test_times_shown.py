"""Where people see that a step is late or not to begin yet, and where administrators say so."""

from datetime import time

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine import actions
from apps.journal.models import Entry
from tests.factories import engine as made
from tests.factories.engine import PlanText
from tests.factories.people import make_user
from tests.factories.windows import at, window

pytestmark = pytest.mark.django_db


def test_the_pages_say_what_is_late_and_when_a_window_opens():
    text = PlanText().user("ask").user("next").flow("start", "ask", "next", "end")
    text.nodes["ask"]["name"] = "Ask them"
    window(text, "ask", latest_end=time(9))
    window(text, "next", earliest_start=time(12))
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(made.operator())
    with at(8):
        run = made.begin("P")
    with at(10):
        actions.sweep()
        page = reverse("run", args=[run.pk])
        head = client.get(page).content.decode()
        home = client.get("/").content.decode()
        part = client.get(page + "?part=times", HTTP_HX_REQUEST="true").content.decode()
        actions.complete_step(step_id=run.steps.get().pk, actor=made.operator(), answer={})
        after = client.get(page + "?part=head", HTTP_HX_REQUEST="true").content.decode()
        panel = client.get(
            reverse("step", args=[run.pk, run.steps.get(node_id="next").pk]), HTTP_HX_REQUEST="true"
        ).content.decode()

    assert all("late" in shown and "03-02 09:00" in shown for shown in (head, part))
    assert "Ask them 09:00 late" in home
    assert "late" not in after
    assert "does not begin before 2026-03-02 12:00" in panel
    assert "answer-form" not in panel


def test_the_admin_site_saves_windows_through_the_action_and_shows_its_refusal():
    rule = window(made.chain(1), "s0", earliest_start=time(9))
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(make_user("root", superuser=True))
    data = {
        "line": rule.line_id, "process": rule.process_id, "node_id": "s0", "calendar": rule.calendar_id, "day_offset": 0,
        "earliest_start": "10:00", "latest_start": "", "latest_end": "", "valid_from": "2026-01-01", "valid_until": "",
    }  # fmt: skip
    address = reverse("admin:engine_stepwindow_change", args=[rule.pk])

    assert client.post(address, data).status_code == 302
    client.post(address, {**data, "node_id": "nowhere"})

    rule.refresh_from_db()
    assert (rule.earliest_start, rule.node_id) == (time(10), "s0")
    assert Entry.objects.filter(kind="engine.rule_changed").count() == 1
