"""The entry of a feedback in the list of its day, as a glimpse; and decisions about sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.domain.empathy import QuoteMark
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.improvement import Improvement
from chalicelib.domain.journey import Glimpse
from chalicelib.domain.sentiment import Reading
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain

# The same short names as in the whole row: an entry is a part of it.
_NAMES: Mapping[type, Mapping[str, str]] = {
    **SHORT_NAMES,
    Glimpse: {
        **SHORT_NAMES[Reading],
        **SHORT_NAMES[Feedback],
        **SHORT_NAMES[ScoredFeedback],
        "feedback_id": "feedback_id",
        "written_at": "written_at",
    },
}


def glimpse_from(row: Row) -> Glimpse:
    """What an entry of the index says."""
    plain: dict[str, Any] = plain_of(row)
    day, written_at = plain[keys.DAY_SORT].split("#")
    plain |= {
        "feedback_id": keys.feedback_of(plain[keys.PARTITION]),
        "day": day,
        "written_at": written_at,
    }
    glimpse: Glimpse = from_plain(plain, Glimpse, _NAMES)
    return glimpse


def mark_row(mark: QuoteMark) -> Row:
    """One decision, beside all others of the business. It holds no word of the sentence."""
    plain = to_plain(mark, QuoteMark, SHORT_NAMES)
    return make_row(keys.quote_mark_key(mark.business_id, mark.quote_id), plain)


def mark_from(row: Row) -> QuoteMark:
    """What `mark_row` wrote."""
    mark: QuoteMark = from_plain(plain_of(row), QuoteMark, SHORT_NAMES)
    return mark


def improvement_row(improvement: Improvement) -> Row:
    """One improvement, in the business's own words."""
    key = keys.improvement_key(improvement.business_id, improvement.improvement_id)
    return make_row(key, to_plain(improvement, Improvement, SHORT_NAMES))


def improvement_from(row: Row) -> Improvement:
    """What `improvement_row` wrote."""
    improvement: Improvement = from_plain(plain_of(row), Improvement, SHORT_NAMES)
    return improvement


def newest_change_first(noted: Iterable[Improvement]) -> list[Improvement]:
    """By the day of the change, then by the moment they were noted."""
    return sorted(
        noted, key=lambda one: (one.since, one.noted_at, one.improvement_id), reverse=True
    )
