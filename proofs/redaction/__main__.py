"""Redact the sentences of `cases.txt` and count what stayed that should go, and the reverse.

Recall is the share of marked addresses and numbers of which nothing is left in the text; precision
the share of marks that stand for one of them. The sentences were written by hand for this, with
the near misses of a shop beside them: orders, prices, dates, opening hours, postcodes, parcels.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from chalicelib.privacy.redact import CARD_MARK, EMAIL_MARK, HEALTH_MARK, PHONE_MARK, redact

CASES = Path(__file__).with_name("cases.txt")
MARKS = {"e-mail": EMAIL_MARK, "phone": PHONE_MARK, "card": CARD_MARK, "insurance": HEALTH_MARK}
FEWEST_CASES = 300
LEAST_RECALL = LEAST_PRECISION = 0.97
_PLANTED = re.compile(r"\{(e-mail|phone|card|insurance):([^{}]+)\}")
_MARK = re.compile("|".join(re.escape(mark) for mark in MARKS.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One sentence: what stands in it that must go (kind and words), and how it should read."""

    country: str
    text: str
    planted: tuple[tuple[str, str], ...]
    should_be: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of all sentences. `left` and `mistaken` name those that went wrong."""

    cases: int
    planted: Counter[str]
    gone: Counter[str]
    marks: int
    left: tuple[str, ...]
    mistaken: tuple[str, ...]

    @property
    def recall(self) -> float:
        """Of what should go, the share that went."""
        return self.gone.total() / self.planted.total()

    @property
    def precision(self) -> float:
        """Of the marks, the share that stands for something that should go."""
        return self.gone.total() / max(1, self.marks)


def read_cases(text: str) -> list[Case]:
    """The sentences of a file: `== DE` heads those of a country."""
    cases, country = [], ""
    for line in text.splitlines():
        if line.startswith("== "):
            country = line[3:]
        elif line and not line.startswith("#"):
            planted = tuple((found[1], found[2]) for found in _PLANTED.finditer(line))
            cases.append(
                Case(
                    country=country,
                    text=_PLANTED.sub(lambda found: found[2], line),
                    planted=planted,
                    should_be=_PLANTED.sub(lambda found: MARKS[found[1]], line),
                )
            )
    return cases


def measure(cases: Iterable[Case], redact: Callable[[str, str], str]) -> Outcome:
    """Redact each sentence and compare."""
    planted, gone = Counter[str](), Counter[str]()
    marks = count = 0
    left, mistaken = [], []
    for case in cases:
        count += 1
        answer = redact(case.text, case.country)
        found = 0
        for kind, words in case.planted:
            planted[kind] += 1
            if _is_gone(kind, words, answer):
                gone[kind] += 1
                found += 1
            else:
                left.append(f"{case.country} {kind}: {case.text} -> {answer}")
        set_here = len(_MARK.findall(answer))
        marks += max(set_here, found)
        if set_here > found or (answer != case.should_be and found == len(case.planted)):
            mistaken.append(f"{case.country}: {case.text} -> {answer}")
    return Outcome(
        cases=count,
        planted=planted,
        gone=gone,
        marks=marks,
        left=tuple(left),
        mistaken=tuple(mistaken),
    )


def _is_gone(kind: str, words: str, answer: str) -> bool:
    """No four signs in a row of a number are left, and no six of an address, gaps aside."""
    bare, rest = (
        re.sub(r"[^\w@]", "", text).casefold() for text in (words, _MARK.sub(" ", answer))
    )
    length = 6 if kind == "e-mail" else 4
    runs = {bare[place : place + length] for place in range(len(bare) - length + 1)}
    if kind != "e-mail":
        # Letters alone, such as those around a number, say nothing.
        runs = {run for run in runs if any(sign.isdecimal() for sign in run)}
    return not any(run in rest for run in runs)


def main() -> int:
    """0 when enough is gone and little too much."""
    outcome = measure(read_cases(CASES.read_text(encoding="utf-8")), redact)
    for line in outcome.left:
        sys.stdout.write(f"left      {line}\n")
    for line in outcome.mistaken:
        sys.stdout.write(f"mistaken  {line}\n")
    for kind, number in sorted(outcome.planted.items()):
        sys.stdout.write(f"{kind:10} {outcome.gone[kind]} of {number} gone\n")
    sys.stdout.write(
        f"redaction: recall {outcome.recall:.3f} precision {outcome.precision:.3f} "
        f"cases {outcome.cases} planted {outcome.planted.total()}\n"
    )
    is_enough = outcome.cases >= FEWEST_CASES
    is_good = outcome.recall >= LEAST_RECALL and outcome.precision >= LEAST_PRECISION
    return 0 if is_enough and is_good else 1


if __name__ == "__main__":
    sys.exit(main())
