"""Sheets that people bring are read exactly, or refused with the place."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from apps.recon.core.sheets import BadSheet, read_sheet

cells = st.text(st.sampled_from("ab1.国 -"), max_size=6)
quoted = st.text(st.sampled_from('ab,"\n'), max_size=4)


def rows_of(sheet):
    columns = [[bytes(cell).decode() for cell in column] for column in sheet.columns.values()]
    return [list(row) for row in zip(*columns, strict=True)]


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def excel(rows):
    book, file = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


@given(st.lists(st.lists(cells, min_size=2, max_size=2)))
def test_plain_rows_come_as_they_are(rows):
    sheet = read_sheet("\n".join(["key,amount", *(",".join(row) for row in rows)]).encode())

    assert rows_of(sheet) == rows
    assert sheet.numbers.tolist() == list(range(2, len(rows) + 2))


@given(st.lists(st.lists(quoted, min_size=2, max_size=2).filter(any)))
def test_quoted_rows_come_as_they_are(rows):
    assert rows_of(read_sheet(as_csv([["key", "amount"], *rows]))) == rows


def test_an_excel_sheet_keeps_the_digits_that_were_typed():
    sheet = read_sheet(excel([["key", "amount", None], ["a", 0.1, None], [600000, 1234567.89, None], [], ["b", "1.10", None]]))

    assert rows_of(sheet) == [["a", "0.1"], ["600000", "1234567.89"], ["b", "1.10"]]
    assert sheet.numbers.tolist() == [2, 3, 5]


@pytest.mark.parametrize(
    ("data", "rule", "row"),
    [
        (b"", "no_names", 1),
        (b"key,,amount\n", "no_names", 1),
        (b"key,key\n", "same_name", 1),
        (b"key,amount\na,1\nb\n", "ragged", 3),
        (b"key,amount\na,1,2\nb\n", "ragged", 2),
        (b'key,amount\n"a",1\nb\n', "ragged", 3),
        (b"key,amount\na,1\n\xff,2\n", "not_utf8", 3),
        (b"PK\x03\x04 nothing", "not_a_sheet", None),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_place(data, rule, row):
    with pytest.raises(BadSheet) as refusal:
        read_sheet(data)

    assert (refusal.value.rule, refusal.value.place.get("row")) == (rule, row)
