"""Where the bakery's customers write: a sheet, and a wall that changes while it is read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.domain.errors import SourceAuthError
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from tests.house import START

PAGE = 4


def row(number: int, text: str, **changes: Any) -> Feedback:
    """A line of the sheet, written when the week began."""
    given: dict[str, Any] = {
        "business_id": "bakery",
        "source": "sheet",
        "external_id": f"row{number}",
        "kind": FeedbackKind.REVIEW,
        "text": text,
        "written_at": START,
        "updated_at": START,
    }
    return Feedback(**given | changes)


class Sheet:
    """A source of a few pages, or one that refuses the credential."""

    def __init__(self) -> None:
        self.pages: tuple[tuple[Feedback, ...], ...] = ()
        self.is_locked = False

    def fetch(self, cursor: Mapping[str, Any]) -> Page:
        """The page after the cursor."""
        if self.is_locked:
            raise SourceAuthError("the sheet refuses access", advice="share it again")
        if not self.pages:
            return Page(feedback=(), cursor=cursor, is_complete=True)
        place = int(cursor.get("page", 0)) % len(self.pages)
        is_last = place + 1 == len(self.pages)
        return Page(
            feedback=self.pages[place],
            cursor={"page": 0 if is_last else place + 1},
            is_complete=is_last,
        )


class Wall:
    """Reviews on three pages, the newest first. While somebody turns its second page, new reviews
    come in on top, an edit brings an old one up, and one is taken away: all pages shift."""

    def __init__(self) -> None:
        self.reviews: tuple[Feedback, ...] = ()
        self.is_busy = False

    def fetch(self, cursor: Mapping[str, Any]) -> Page:
        """The page after the cursor, as the wall is at this moment."""
        place = int(cursor.get("page", 0))
        page = self.reviews[place * PAGE : (place + 1) * PAGE]
        if place == 1 and self.is_busy:
            self.change()
        is_last = (place + 1) * PAGE >= len(self.reviews)
        return Page(
            feedback=page, cursor={"page": 0 if is_last else place + 1}, is_complete=is_last
        )

    def change(self) -> None:
        """What happens between two pages, once."""
        if not self.is_busy:
            return
        self.is_busy = False
        later = START + timedelta(hours=1)
        fresh = tuple(on_wall(number, "good cake", later) for number in (100, 101, 102))
        old = self.reviews[9]
        edited = replace(old, text="good bread, and warm", updated_at=later)
        stay = tuple(one for one in self.reviews if one not in (old, self.reviews[2]))
        self.reviews = (*fresh, edited, *stay)


def on_wall(number: int, text: str, written_at: Any = START) -> Feedback:
    """A review on the wall."""
    return row(
        number,
        text,
        source="wall",
        external_id=f"wall{number}",
        written_at=written_at,
        updated_at=written_at,
    )
