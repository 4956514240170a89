"""The parts of docs/sources.md that follow from the code: `python -m proofs.sources.docs`.

The figures are those of the tables that the tests run through: whoever has a row here passes all
faults, and a source without one is in no release.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from chalicelib.domain.business import StoragePolicy
from chalicelib.ports import SourceKind
from chalicelib.wiring import POSTED, PULLED, SourceKinds
from proofs.sources.examples import TEMPLATE, examples
from tests.pull.faults import FAULTS
from tests.pull.mailbox_faults import MAILBOX_FAULTS
from tests.pull.played.everywhere import MAILBOXES, PLAYED
from tests.pull.playing import Played

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
TABLE = "table"
KEPT = {
    StoragePolicy.FULL: "everything",
    StoragePolicy.TTL_24H: "words for 24 hours, our score for good",
    StoragePolicy.IDS_ONLY: "ids and our score",
    StoragePolicy.NONE: "nothing but our score",
}
POSTED_THERE = "one that a person approved is posted there within five minutes"
COPIED_THERE = "one that a person approved is copied there by hand, from the page with the link"
_PART = re.compile(r"(<!-- ([a-z_]+): written by [^>]* -->\n).*?(<!-- /\2 -->)", re.DOTALL)
_HEADING = re.compile(r"^### .*: `([a-z_]+)`$", re.MULTILINE)
# What a person writes of each source; the rest is written from the code.
BY_HAND = ("**Set up.**", "**Limits.**", "**Terms.**", "**Look")


def table() -> str:
    """One row a source: what it costs, what is kept, and what the tests show of it."""
    kinds = SourceKinds()
    head = ("Source", "Kind", "Costs", "May be kept", "Fields", "Faults", "Pages", "Edits", "Gone")
    lines = [_row(head), _row(["---"] * len(head))]
    for name in in_order():
        kind = kinds[name]
        played: type[Played] = {**PLAYED, **MAILBOXES}[name]
        faults = len(MAILBOX_FAULTS if name in MAILBOXES else FAULTS)
        lines.append(
            _row(
                (
                    f"[{_upper(kind.title)}](#{anchor(kind)})",
                    f"`{name}`",
                    kind.costs,
                    KEPT[kind.keeps],
                    str(len(played.fields)),
                    f"{faults} of {faults}",
                    _sees(played.has_pages),
                    _sees(played.has_edits),
                    _sees(played.has_deletions),
                )
            )
        )
    return "\n".join(lines) + "\n"


def in_order() -> list[str]:
    """The pulled kinds in the order of the page's headings; what has none comes last."""
    written = _HEADING.findall(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else []
    return [*[name for name in written if name in PULLED], *(set(PULLED) - set(written))]


def section(kind: SourceKind, shown: Mapping[str, str]) -> str:
    """Cost, secret and options of one source, and its example."""
    lines = [f"- **Costs**: {kind.costs}."]
    if kind.secret_form:
        needed = "" if kind.needs_secret else " (not always needed)"
        lines.append(f"- **Secret**{needed}: {kind.secret_form}.")
    lines += [f"- **`{name}`**: {meaning}." for name, meaning in kind.required.items()]
    lines += [f"- `{name}` (optional): {meaning}." for name, meaning in kind.optional.items()]
    lines.append(f"- **May be kept**: {KEPT[kind.keeps]}.")
    lines.append(f"- **Replies**: {POSTED_THERE if kind.name in POSTED else COPIED_THERE}.")
    return "\n".join([*lines, "", "```toml", shown[kind.name], "```"]) + "\n"


def written(page: str) -> str:
    """The page with its parts as the code says."""
    kinds, shown = SourceKinds(), examples(TEMPLATE.read_text(encoding="utf-8"))

    def part(found: re.Match[str]) -> str:
        name = found.group(2)
        text = table() if name == TABLE else section(kinds[name], shown)
        return f"{found.group(1)}{text}{found.group(3)}"

    return _PART.sub(part, page)


def heading(kind: SourceKind) -> str:
    """The line above a source's section."""
    return f"### {_upper(kind.title)}: `{kind.name}`"


def anchor(kind: SourceKind) -> str:
    """Where a link to that heading leads, as sites that show Markdown make it."""
    plain = re.sub(r"[^\w\- ]", "", heading(kind).removeprefix("### ").lower())
    return plain.replace(" ", "-")


def parts_of(page: str) -> dict[str, str]:
    """From a kind to all that its section says, by hand and from the code."""
    pieces = _HEADING.split(page)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sees(shows: bool) -> str:
    return "yes" if shows else "not shown"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def main() -> int:
    """Write it."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
