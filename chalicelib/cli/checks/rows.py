"""The rows of `heedful check`: one table for sources, sending, people and the deployed stage."""

import shutil
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from chalicelib.domain.clock import to_text

HEAD = ("", "what", "reachable", "good until", "newest", "quota left", "cost")
NARROWEST_FIX, WIDEST = 45, 200
# What a site takes is sometimes told in three sentences; all of them are in docs/sources.md.
WIDEST_CELL = 32


class Finding(StrEnum):
    """Whether somebody must act. A note is worth reading and fails nothing."""

    GOOD = "good"
    NOTE = "note"
    TO_FIX = "to fix"


MARKS = {Finding.GOOD: "ok", Finding.NOTE: "note", Finding.TO_FIX: "FIX"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that was looked at.

    `is_reachable` is None where nothing was called; `good_until` says how long the credential
    lasts; `newest` is the newest review (of a function: its last run); `trouble` says what is
    wrong and `to_fix` in one sentence what to do next. A note may have a sentence too.
    """

    what: str
    finding: Finding
    is_reachable: bool | None = None
    good_until: str = ""
    newest: datetime | None = None
    quota: str = ""
    cost: str = ""
    trouble: str = ""
    to_fix: str = ""

    @property
    def words(self) -> str:
        """What is wrong and the next step."""
        parts = [part.rstrip(".") for part in (self.trouble, self.to_fix) if part]
        return ". ".join(part[:1].upper() + part[1:] for part in parts) + ("." if parts else "")

    def as_json(self) -> dict[str, Any]:
        """For `--json`: None where nothing is known."""
        return {
            "what": self.what,
            "finding": str(self.finding),
            "reachable": self.is_reachable,
            "credential_good_until": self.good_until or None,
            "newest": to_text(self.newest) if self.newest else None,
            "quota_left": self.quota or None,
            "cost": self.cost or None,
            "trouble": self.trouble or None,
            "to_fix": self.to_fix or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """All rows, in the order in which they are shown."""

    rows: tuple[Row, ...]

    @property
    def to_fix(self) -> int:
        """How many rows somebody must act on."""
        return sum(row.finding is Finding.TO_FIX for row in self.rows)

    @property
    def exit_code(self) -> int:
        """0 when all is good, 1 when there is something to fix."""
        return 1 if self.to_fix else 0

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {"rows": [row.as_json() for row in self.rows], "to_fix": self.to_fix}

    def in_words(self, width: int | None = None) -> str:
        """The table; the last column is as wide as the screen lets it be."""
        columns = width or min(shutil.get_terminal_size().columns, WIDEST)
        end = f"{self.to_fix} to fix." if self.to_fix else "Nothing to fix."
        return "\n".join([*_table(self.rows, columns), "", end])


def _table(rows: Sequence[Row], columns: int) -> list[str]:
    cells = [HEAD, *(_cells(row) for row in rows)]
    # A column in which nobody has anything to say is left out.
    used = [at for at in range(len(HEAD)) if at < 2 or any(line[at] for line in cells[1:])]
    widths = {at: max(len(line[at]) for line in cells) for at in used}
    words = [row.words for row in rows]
    room = columns - _width(used, widths) - 2
    if room >= NARROWEST_FIX:
        return _side_by_side(cells, used, widths, ["what to fix", *words], room)
    # A narrow screen: what does not fit beside the name stands below it.
    below: list[int] = []
    while _width(used, widths) > columns and len(used) > 2:
        below.insert(0, used.pop())
    lines = [_line(HEAD, used, widths)]
    for line, said in zip(cells[1:], words, strict=True):
        lines.append(_line(line, used, widths))
        more = "; ".join(f"{HEAD[at]}: {line[at]}" for at in below if line[at])
        lines += _indented(f"{more}. {said}".rstrip() if more else said, columns)
    return lines


def _side_by_side(
    cells: Sequence[tuple[str, ...]],
    used: Sequence[int],
    widths: dict[int, int],
    words: Sequence[str],
    room: int,
) -> list[str]:
    lines: list[str] = []
    indent = " " * (_width(used, widths) + 2)
    for line, said in zip(cells, words, strict=True):
        wrapped = textwrap.wrap(said, room) or [""]
        left = _line(line, used, widths).ljust(len(indent))
        lines.append(f"{left}{wrapped[0]}".rstrip())
        lines += [indent + more for more in wrapped[1:]]
    return lines


def _width(used: Sequence[int], widths: dict[int, int]) -> int:
    return sum(widths[at] for at in used) + 2 * (len(used) - 1)


def _line(line: tuple[str, ...], used: Sequence[int], widths: dict[int, int]) -> str:
    return "  ".join(line[at].ljust(widths[at]) for at in used).rstrip()


def _indented(said: str, columns: int) -> list[str]:
    return textwrap.wrap(
        said, max(columns, 40), initial_indent="      ", subsequent_indent="      "
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        MARKS[row.finding],
        row.what,
        "" if row.is_reachable is None else "yes" if row.is_reachable else "no",
        row.good_until,
        f"{row.newest:%Y-%m-%d %H:%M}" if row.newest else "",
        row.quota,
        row.cost if len(row.cost) <= WIDEST_CELL else f"{row.cost[: WIDEST_CELL - 1].rstrip()}…",
    )
