"""A table to keep: CSV that no spreadsheet program takes for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins so is calculated when the file is opened, in quotation marks too (OWASP, "CSV
# injection"); an apostrophe before it makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
CSV = "text/csv; charset=utf-8"


def spreadsheet_of(rows: Iterable[Sequence[str | int | float | None]]) -> str:
    """The rows as CSV (RFC 4180) with a byte-order mark, without which some programs take it for
    another alphabet. Numbers stay numbers, nothing is an empty cell."""
    held = io.StringIO(newline="")
    held.write("\ufeff")
    writer = csv.writer(held)
    for row in rows:
        writer.writerow([_cell(one) for one in row])
    return held.getvalue()


def _cell(value: str | int | float | None) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
