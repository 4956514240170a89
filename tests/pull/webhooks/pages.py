"""The part of docs/surveys.md that follows from the code: `python -m tests.pull.webhooks.pages`."""

import re
import sys
from pathlib import Path

from chalicelib.ports import SourceKind
from chalicelib.wiring import WEBHOOKS, SourceKinds

PAGE = Path(__file__).resolve().parents[3] / "docs" / "surveys.md"
_PART = re.compile(r"(<!-- tools: [^>]* -->\n).*(<!-- /tools -->)", re.DOTALL)


def tools() -> str:
    """One section a tool, in the order of the wiring."""
    kinds = SourceKinds()
    return "\n".join(_section(kinds[name]) for name in WEBHOOKS)


def _section(kind: SourceKind) -> str:
    lines = [
        f"### {kind.title[:1].upper()}{kind.title[1:]}: `{kind.name}`",
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
