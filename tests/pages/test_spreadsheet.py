"""What an owner opens in a spreadsheet program shows text as text."""

import csv
import io

import pytest

from chalicelib.pages.spreadsheet import spreadsheet_of


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_would_be_calculated_is_text(first: str) -> None:
    assert read(spreadsheet_of([[f"{first}HYPERLINK(1)"]])) == [[f"'{first}HYPERLINK(1)"]]


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell() -> None:
    table = spreadsheet_of([["a;b", 'say "x"', "Zoë\n2"], [-3, 0.25, None]])

    assert read(table) == [["a;b", 'say "x"', "Zoë\n2"], ["-3", "0.25", ""]]
