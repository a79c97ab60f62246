"""The calendar page."""

import pytest
from django.urls import reverse

from apps.calendars.actions import load_calendar_facts
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    client.force_login(make_user("reader", language="en"))
    return client


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_month_shows_open_and_closed_days_and_the_time_nodes(client, language):
    load_calendar_facts()
    client.force_login(make_user("reader", language=language))

    page = client.get(reverse("calendar"), {"month": "2026-10", "day": "2026-10-09"})

    assert page.status_code == 200
    holiday, node = {"en": ("National Day", "Last tick"), "zh-hans": ("国庆节", "最后勾单")}[language]
    assert holiday in page.text
    assert node in page.text
    assert "2026-12-31" in page.text


def test_an_unpublished_month_says_that_it_is_provisional(reader):
    load_calendar_facts()

    assert "provisional" in reader.get(reverse("calendar"), {"month": "2027-02", "day": "2027-02-01"}).text


def test_the_page_costs_few_queries(reader, django_assert_max_num_queries):
    load_calendar_facts()

    with django_assert_max_num_queries(18):
        reader.get(reverse("calendar"), {"month": "2026-10", "day": "2026-10-09"})


def test_without_facts_the_page_says_how_to_load_them(reader):
    assert "calendars load" in reader.get(reverse("calendar")).text


@pytest.mark.parametrize(
    "query", [{"month": "x"}, {"month": "9999-99"}, {"day": "2026-02-30"}, {"day": "0001-01-01"}, {"month": "2099-12"}]
)
def test_nonsense_in_the_address_shows_a_month_all_the_same(reader, query):
    load_calendar_facts()

    assert reader.get(reverse("calendar"), query).status_code == 200


def test_an_unknown_calendar_is_not_found(reader):
    load_calendar_facts()

    assert reader.get(reverse("calendar"), {"calendar": "MARS"}).status_code == 404
