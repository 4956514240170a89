"""What a scanner found, and which findings are waived with a reason."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: the scanner, its rule, where (a path or a resource), and its words."""

    scanner: str
    rule: str
    where: str
    words: str

    def __str__(self) -> str:
        return f"{self.scanner} {self.rule} at {self.where}: {self.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A finding that stays, with the reason; `where` "*" is everywhere."""

    scanner: str
    rule: str
    where: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether this is what it was written for."""
        return (self.scanner, self.rule) == (finding.scanner, finding.rule) and self.where in (
            "*",
            finding.where,
        )


def read_waivers(path: Path = HERE / "waivers.toml") -> tuple[Waiver, ...]:
    """All of them. Raises ValueError for one without a reason."""
    found = tuple(Waiver(**one) for one in tomllib.loads(path.read_text())["waiver"])
    for one in found:
        if len(one.reason) < 20:
            raise ValueError(f"the waiver of {one.scanner} {one.rule} gives no reason")
    return found


def left_over(
    findings: Sequence[Finding], waivers: Sequence[Waiver]
) -> tuple[list[Finding], list[Waiver]]:
    """Findings that no waiver covers, and waivers that cover nothing any more."""
    open_ = [one for one in findings if not any(waiver.covers(one) for waiver in waivers)]
    idle = [one for one in waivers if not any(one.covers(finding) for finding in findings)]
    return open_, idle
