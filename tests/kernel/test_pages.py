"""How lists are cut into pages, and that nobody cuts them otherwise."""

import re
from pathlib import Path

import pytest

from apps.kernel.pages import cut
from apps.people.models import BusinessLine
from tests.factories.people import make_line

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lines(db):
    BusinessLine.objects.all().delete()
    for number in range(5):
        make_line(f"line-{number}")
    return BusinessLine.objects.order_by("pk")


@pytest.mark.parametrize(("size", "shown", "more"), [(1, 1, True), (4, 4, True), (5, 5, False), (6, 5, False)])
def test_another_page_follows_only_where_a_row_stands_on_it(lines, size, shown, more):
    page = cut(lines, size)

    assert page.rows == list(lines)[:shown]
    assert page.more is more
    assert page.last == (page.rows[-1] if more else None)


def test_pages_behind_each_other_are_the_list(lines, django_assert_num_queries):
    read, rows = [], lines
    with django_assert_num_queries(3):
        while (page := cut(rows, 2)).last:
            read += page.rows
            rows = lines.filter(pk__gt=page.last.pk)

    assert [*read, *page.rows] == list(lines)


def test_an_empty_list_is_one_empty_page():
    assert cut([], 10).rows == []
    assert not cut([], 10).more


def test_lists_of_programs_are_cut_in_the_kernel():
    files = [path for room in ("api", "api/*", "serializers") for path in (ROOT / "apps").glob(f"**/{room}.py")]
    found = [str(path) for path in files if re.search(r"\[: ?[\w.]+ \+ 1\]", path.read_text(encoding="utf-8"))]

    assert len(files) > 10
    assert found == []
