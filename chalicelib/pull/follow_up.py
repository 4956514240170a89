"""Following what customers take back: a source that announces no deletion is asked again.

The cursor keeps the ids that a source showed, longest unasked first. Now and then a look that has
seen all ends with a few of them being asked for; what is gone comes as a deletion.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.clock import from_text, to_text
from chalicelib.domain.feedback import Feedback, FeedbackKind

# Every page writes the row anew: 200 ids are about 7 kB of it, packed.
KEPT_LIMIT = 200
# From so many on, an answer that holds none of them is no sign that all of them are gone.
ALL_AT_ONCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Ids with the time they were written, longest unasked first, and when we last asked."""

    ids: Mapping[str, str]
    asked_at: datetime | None = None

    def with_page(self, said: Iterable[Feedback], *, limit: int = KEPT_LIMIT) -> "Shown":
        """These were just seen: they go to the end of the line, which is `limit` long at most."""
        ids = dict(self.ids)
        for one in said:
            ids.pop(one.external_id, None)
            if not one.is_deleted:
                ids[one.external_id] = to_text(one.written_at)
        kept = dict(list(ids.items())[-limit:])
        return Shown(ids=kept, asked_at=self.asked_at)

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Whether it is time to ask again; the first time comes one interval after the first
        feedback."""
        return bool(self.ids) and self.asked_at is not None and now >= self.asked_at + every

    def next_to_ask(self, limit: int, *, since: datetime | None = None) -> tuple[str, ...]:
        """The ids that have waited longest; of those written since, when that is given."""
        wanted = [
            key for key, written in self.ids.items() if since is None or written >= to_text(since)
        ]
        return tuple(wanted[:limit])

    def asked(self, now: datetime) -> "Shown":
        """Asked now, come what may: asking that fails or finds no time is not tried before the
        next interval, so that it never keeps a look from its end."""
        return Shown(ids=self.ids, asked_at=now)

    @staticmethod
    def gone_of(asked: Collection[str], found: Collection[str]) -> set[str]:
        """Those that did not come back, unless nothing did: that is a service in trouble, and not
        five customers at once."""
        return set(asked) - set(found) if found or len(asked) < ALL_AT_ONCE else set()

    def after_asking(self, asked: Iterable[str], gone: Collection[str]) -> "Shown":
        """Those still there go to the end of the line, those gone leave it."""
        ids = dict(self.ids)
        for key in asked:
            written = ids.pop(key, None)
            if written is not None and key not in gone:
                ids[key] = written
        return Shown(ids=ids, asked_at=self.asked_at)

    def deletions(
        self,
        gone: Collection[str],
        *,
        business_id: str,
        source: str,
        kind: FeedbackKind,
        location: str,
        now: datetime,
    ) -> tuple[Feedback, ...]:
        """One deletion for each id that is gone, oldest first."""
        return tuple(
            Feedback(
                business_id=business_id,
                source=source,
                external_id=key,
                kind=kind,
                text="",
                written_at=from_text(written),
                updated_at=now,
                location=location,
                is_deleted=True,
            )
            for key, written in sorted(self.ids.items(), key=lambda pair: pair[1])
            if key in gone
        )

    def to_cursor(self) -> dict[str, Any]:
        """What `shown_from` reads."""
        asked_at = {} if self.asked_at is None else {"asked_at": to_text(self.asked_at)}
        return {"ids": dict(self.ids), **asked_at}


def end_of_walk(
    cursor: Mapping[str, Any], now: datetime, every: timedelta
) -> tuple[dict[str, Any], bool]:
    """The cursor of a walk that has seen all, and whether the look is complete with it: it is not
    when `every` has passed and some of `cursor["shown"]` are to be asked for again.

    A walk carries `cursor["asking"]` along: an asking that found no time in the look before does
    not keep this one from its end too.
    """
    shown = shown_from(cursor.get("shown"), now)
    if "asking" in cursor or not shown.is_due(now, every):
        return {name: value for name, value in cursor.items() if name != "asking"}, True
    return {**cursor, "shown": shown.asked(now).to_cursor(), "asking": to_text(now)}, False


def is_asking(cursor: Mapping[str, object], now: datetime) -> bool:
    """Whether this look is to ask again. One that found no time for it leaves it to a later."""
    return cursor.get("asking") == to_text(now)


def end_of_asking(cursor: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """The cursor after it."""
    kept = {name: value for name, value in cursor.items() if name != "asking"}
    return {**kept, "shown": shown.to_cursor()}


def shown_from(cursor: Any, now: datetime) -> Shown:
    """What `to_cursor` wrote; an empty one, asked now, of anything else."""
    if not isinstance(cursor, Mapping) or not isinstance(cursor.get("ids"), Mapping):
        return Shown(ids={}, asked_at=now)
    asked_at = cursor.get("asked_at")
    return Shown(
        ids={str(key): str(written) for key, written in cursor["ids"].items()},
        asked_at=from_text(asked_at) if isinstance(asked_at, str) else now,
    )
