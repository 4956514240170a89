"""The owner's pages: which function makes which page, and what each of their forms does.

A page is one line of a table below and one in the frame's `TABS` or `MORE` (`pages.owner_frame`),
with its name in the catalogue (`nav.metrics`). Its function shows and never changes anything; what
changes something is an act. Modules named here are imported by every call of the public function,
webhooks among them: they import what renders (`chalicelib.pages…`) inside their functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.business import Business
from chalicelib.domain.session import Visitor
from chalicelib.ports import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What a page gives to keep instead of to look at, as a file of that name."""

    file_name: str
    content_type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoTo:
    """Where a form leads when it was done, below `/o/`; `notice` names the message
    (`notice.<name>` of the catalogue) that the page then shows."""

    path: str
    notice: str = ""


# The page as HTML, or a file to keep. A page of one thing gets its name too, and answers None when
# there is none. What a form was refused for is shown as HTML with what was typed still in it.
ShowPage = Callable[[Services, Visitor, Business, Mapping[str, str], datetime], "str | Download"]
ShowNamed = Callable[
    [Services, Visitor, Business, str, Mapping[str, str], datetime], "str | Download | None"
]
DoAct = Callable[
    [Services, Visitor, Business, str, Mapping[str, str], datetime], "GoTo | str | None"
]

# GET /o/{page}: `page(services, visitor, business, query, now)`.
PAGES: Mapping[str, ShowPage] = {}

# GET /o/{page}/{name}: `page(services, visitor, business, name, query, now)`.
NAMED_PAGES: Mapping[str, ShowNamed] = {}

# POST /o/{page}/{name}: `act(services, visitor, business, name, form, now)`. Whoever only looks is
# refused before any of them.
ACTS: Mapping[str, DoAct] = {}
