"""Three sites on which customers write: what each look at them shows.

A look shows the newest entries, nearly all of them known from the look before; one entry in twenty
is edited two days later and comes up again; the first site is out of order for six hours.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from benchmarks.cost.texts import Texts, texts
from chalicelib.domain.errors import SourceUnavailable
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page

# As many as the review sites put on a page.
SHOWN = 50
EDITED_SHARE = 0.05
EDITED_AFTER = timedelta(days=2)
NEGATIVE_SHARE = 0.2
# Two days on which something is wrong in the business.
BAD_DAYS, NEGATIVE_ON_BAD_DAYS = (4, 5), 0.7
CRITICAL_SHARE = 0.002
OUTAGE = (timedelta(days=2, hours=9), timedelta(days=2, hours=15))
NAMES = ("reviews", "mentions", "forum")
# A review site and a social network ask for a credential, a forum's feed for none.
SECRETS = ("bakery/reviews", "bakery/mentions", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site: everything that will ever stand on it, oldest first, and when it does not answer.

    `now` is the moment of the look; a site of its own for each look, as sources are built.
    """

    name: str
    secret: str | None
    entries: tuple[Feedback, ...]
    outage: tuple[datetime, datetime] | None = None
    now: datetime | None = None

    def at(self, now: datetime) -> "Site":
        """The site as it is at that moment."""
        return replace(self, now=now)

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """Its newest entries. Raises SourceUnavailable during the outage."""
        now = self.now
        if now is None:
            raise ValueError("a look needs its moment")
        if self.outage and self.outage[0] <= now < self.outage[1]:
            raise SourceUnavailable("the site answers 503", advice="wait")
        last = _place_of(self.entries, now)
        newest: dict[str, Feedback] = {}
        for one in reversed(self.entries[:last]):
            # An edit stands in the place of what was there before.
            newest.setdefault(one.external_id, one)
            if len(newest) == SHOWN:
                break
        shown = tuple(reversed(newest.values()))
        return Page(feedback=shown, cursor={"seen": last}, is_complete=True)


def _place_of(entries: tuple[Feedback, ...], now: datetime) -> int:
    low, high = 0, len(entries)
    while low < high:
        middle = (low + high) // 2
        if entries[middle].updated_at <= now:
            low = middle + 1
        else:
            high = middle
    return low


def three_sites(items: int, start: datetime, days: int) -> tuple[Site, ...]:
    """Three sites on which together so many feedbacks appear in that month."""
    draw = random.Random(items)  # noqa: S311  the same month every time
    said = texts()
    share = [items // 3 + (number < items % 3) for number in range(3)]
    sites = []
    for number, name in enumerate(NAMES):
        entries = []
        for place in range(share[number]):
            written = _one(draw, said, name, place, start, days)
            entries.append(written)
            edited_at = written.written_at + EDITED_AFTER
            if draw.random() < EDITED_SHARE and edited_at < start + timedelta(days=days):
                entries.append(replace(written, text=f"Edit: {written.text}", updated_at=edited_at))
        outage = (start + OUTAGE[0], start + OUTAGE[1]) if number == 0 else None
        entries.sort(key=lambda one: one.updated_at)
        sites.append(Site(name=name, secret=SECRETS[number], entries=tuple(entries), outage=outage))
    return tuple(sites)


def _one(
    draw: random.Random, said: Texts, site: str, place: int, start: datetime, days: int
) -> Feedback:
    day = draw.randrange(days)
    # People write from seven in the morning until midnight.
    written_at = start + timedelta(days=day, seconds=draw.randrange(7 * 3600, 24 * 3600))
    negative = draw.random() < (NEGATIVE_ON_BAD_DAYS if day in BAD_DAYS else NEGATIVE_SHARE)
    kind = said.critical if draw.random() < CRITICAL_SHARE else None
    text = draw.choice(kind or (said.negative if negative else said.positive))
    return Feedback(
        business_id="bakery",
        source=site,
        external_id=f"{site}-{place:08d}-Ch9kMHVtMHVtRmVlZGJhY2s",
        kind=FeedbackKind.REVIEW,
        text=text,
        written_at=written_at,
        updated_at=written_at,
        stars=float(draw.choice((1, 2) if negative else (4, 5))),
        author="A customer of ours",
        author_id=f"c-{draw.randrange(10**12)}",
        url=f"https://{site}.example/entry/{place:08d}",
    )
