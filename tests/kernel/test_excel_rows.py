"""Excel files that people bring: what is packed too tightly or damaged is refused before it costs anything."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from apps.kernel.tables import SheetTooLarge, excel_rows


def workbook(*rows):
    book, data = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(data)
    return data.getvalue()


def rewritten(data, name, content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, content if entry.filename == name else old.read(entry))
    return buffer.getvalue()


def test_rows_are_as_wide_as_the_first_and_numbers_as_they_were_typed():
    data = workbook(["a", "b", "c"], [0.1, 2.0], [None, "x"])

    assert list(excel_rows(data)) == [["a", "b", "c"], ["0.1", "2", ""], ["", "x", ""]]


def test_a_small_file_that_unpacks_to_very_much_is_refused_before_it_is_unpacked():
    bomb = rewritten(workbook(["a"]), "xl/styles.xml", b" " * 60 * 2**20)
    assert len(bomb) < 2**20

    with pytest.raises(SheetTooLarge) as refusal:
        list(excel_rows(bomb))

    assert refusal.value.size > refusal.value.limit == 50 * 2**20


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"", b"<a><b></a>", b"\xff\xfe no xml"])
def test_a_damaged_file_is_no_sheet(part, content):
    with pytest.raises(ValueError):
        list(excel_rows(rewritten(workbook(["a"]), part, content)))
