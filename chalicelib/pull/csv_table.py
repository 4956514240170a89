"""From the bytes of a CSV to its header and rows, whatever wrote it and whatever broke it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import FeedbackFileError

SEPARATORS = (",", ";", "\t")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# Stands behind the last row; when it is not found there, an open quotation mark swallowed it.
_END = "\x03end of the table\x03"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that could not be read: its line in the file and why, without the customer's words."""

    line: int
    reason: str


def decode(raw: bytes) -> tuple[str, str]:
    """The text, and in words how it was read when not as UTF-8. Raises FeedbackFileError."""
    if not raw.strip():
        raise FeedbackFileError("the file is empty; export it again with at least one row")
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise FeedbackFileError("this is a spreadsheet, not a CSV; save it as CSV (UTF-8) first")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace"), "read as UTF-16"
    # Every other byte of Latin text in UTF-16 is nought, also where its mark is missing.
    if b"\0" in raw[:2]:
        name = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
        return raw.decode(name, "replace"), "read as UTF-16"
    if raw.lstrip()[:1] == b"<":
        raise FeedbackFileError("this is a web page, not a CSV; download the table as CSV")
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), "not UTF-8, so read as Windows-1252"


def read_table(text: str) -> tuple[list[str], list[tuple[int, dict[str, str]]], list[BadRow]]:
    """Header, rows with the line on which each begins, and rows that are none.

    Raises FeedbackFileError when there is no header.
    """
    lines, first = io.StringIO(text, newline="").readlines(), 0
    separator = _separator_of(text)
    named = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    if named:
        # Excel says so in a first line of its own.
        separator, first = named.group(1), 1
    header: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    bad: list[BadRow] = []
    for line, cells in _rows(lines, first, separator):
        if cells is None:
            bad.append(BadRow(line=line, reason="its quotation mark is never closed"))
        elif not any(cell.strip() for cell in cells):
            continue
        elif not header:
            header = [cell.strip() for cell in cells]
        elif any(cell.strip() for cell in cells[len(header) :]):
            reason = "it has more cells than the header; text with separators needs quotes"
            bad.append(BadRow(line=line, reason=reason))
        else:
            # Of two columns of one name the first counts.
            rows.append((line, dict(reversed(list(zip(header, cells, strict=False))))))
    if not header:
        raise FeedbackFileError("the file is empty; export it again with a header line")
    return header, rows, bad


def _rows(
    lines: Sequence[str], first: int, separator: str
) -> Iterator[tuple[int, list[str] | None]]:
    """Line number and cells of each row; None for one whose quotation mark is never closed.

    After such a row reading goes on with the next line, so that it swallows no other.
    """
    # A longer cell is no text of a customer.
    csv.field_size_limit(1_000_000)
    while first < len(lines):
        ended = [*lines[first:-1], lines[-1].rstrip("\r\n") + "\n", _END]
        reader = csv.reader(ended, delimiter=separator)
        line = first + 1
        try:
            for cells in reader:
                if cells and cells[-1].endswith(_END):
                    if cells == [_END]:
                        return
                    break
                yield line, cells
                line = first + reader.line_num + 1
        except csv.Error:
            # The cell ran over the limit: an open quotation mark in a long file.
            pass
        yield line, None
        first = line


def _separator_of(text: str) -> str:
    # A separator within quotation marks belongs to the name of a column.
    bare = re.sub(r'"[^"]*"', "", text[:20_000]).strip("\r\n")
    header = re.split(r"[\r\n]", bare, maxsplit=1)[0]
    return max(SEPARATORS, key=header.count)
