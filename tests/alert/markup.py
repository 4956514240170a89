"""Reading our own HTML back: which elements, attributes and addresses it holds, and its text."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "br", "img", "input", "link", "hr", "line", "rect"})


@dataclass
class Markup(HTMLParser):
    """The elements with their attributes, every address, and the text that is shown."""

    elements: Counter[str] = field(default_factory=Counter)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    values: list[tuple[str, str, str]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    open_elements: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it."""
        self.elements[tag] += 1
        if tag not in VOID:
            self.open_elements.append(tag)
        for name, value in attrs:
            self.attributes.add((tag, name))
            self.values.append((tag, name, value or ""))
            if name in ("href", "src", "action", "background", "srcset", "formaction"):
                self.addresses.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last, and nothing else."""
        if tag in VOID:
            return
        last = self.open_elements.pop() if self.open_elements else None
        if last != tag:
            self.faults.append(f"</{tag}> closes <{last}> at line {self.getpos()[0]}")

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.pieces.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join("".join(self.pieces).split())


def read_markup(html: str) -> Markup:
    """Parse a page or a mail."""
    markup = Markup()
    markup.feed(html)
    markup.close()
    return markup
