"""The part of docs/surveys.md that follows from the code: `python -m tests.pull.webhooks.pages`."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.ports import SourceKind
from chalicelib.wiring import WEBHOOKS, SourceKinds
from tests.pull.webhooks.mutants import bad, good
from tests.pull.webhooks.senders import BY_KIND

PAGE = Path(__file__).resolve().parents[3] / "docs" / "surveys.md"
_PART = re.compile(r"(<!-- tools: [^>]* -->\n).*(<!-- /tools -->)", re.DOTALL)


def tools() -> str:
    """One row a tool and one section, in the order of the wiring."""
    kinds = SourceKinds()
    head = ("Tool", "Kind", "Signed", "Brings", "Good deliveries taken", "Bad ones refused")
    rows = [head, ("---",) * len(head), *(_row(kinds[name]) for name in WEBHOOKS)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return table + "\n\n" + "\n".join(_section(kinds[name]) for name in WEBHOOKS)


def _row(kind: SourceKind) -> tuple[str, ...]:
    """The figures are those of the table that the signature tests run through."""
    sender, now = BY_KIND[kind.name], datetime(2026, 5, 4, 9, tzinfo=UTC)
    rights, wrongs = len(list(good(sender, now))), len(list(bad(sender, now)))
    return (
        _upper(kind.title),
        f"`{kind.name}`",
        sender.how,
        "an id; the answers are fetched" if sender.is_fetched else "the answers",
        f"{rights} of {rights}",
        f"{wrongs} of {wrongs}",
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _section(kind: SourceKind) -> str:
    lines = [
        f"### {_upper(kind.title)}: `{kind.name}`",
        f"- **Costs** {kind.costs}.",
        f"- **Secret**: {kind.secret_form}.",
        *(
            f"- **Option `{name}`**: {meaning}."
            for name, meaning in kind.optional.items()
            if name != "questions"
        ),
        f"- **Address**: {_indented(kind.paste)}",
        f"- **To try it**: {kind.try_it}",
    ]
    return "\n".join(lines) + "\n"


def _indented(text: str) -> str:
    first, _, body = text.partition("\n")
    if not body:
        return first
    shown = "\n".join(f"  {line}" for line in body.splitlines())
    return f"{first}\n  ```json\n{shown}\n  ```"


def written(page: str) -> str:
    """The page with its part as the code says."""
    return _PART.sub(lambda found: f"{found.group(1)}{tools()}{found.group(2)}", page)


def main() -> int:
    """Write it."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
