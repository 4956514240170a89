"""A scored feedback as one row, and back: the only row that holds a customer's words.

The row is flat and says nothing twice: the business stands in the key; moment and local date in
the day index's key, which a deleted feedback does not have; the moment of the update, whether it
is a deletion and the hash of what was said in the version; when its words must be gone in the due
index's key; the passages that led to a negative reading in the text. A usual review stays below one
kilobyte, which is one write unit.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.clock import from_text, to_text
from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.sentiment import Reading
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain

VERSION = "v"
_NAMES = {**SHORT_NAMES[Reading], **SHORT_NAMES[Feedback], **SHORT_NAMES[ScoredFeedback]}
NOT_NEGATIVE = _NAMES["is_not_negative"]
_STATUS, _MODEL_VERSION = _NAMES["status"], _NAMES["model_version"]
_TEXT = _NAMES["text"]
_DAY, _WRITTEN_AT, _BECAUSE = _NAMES["day"], _NAMES["written_at"], _NAMES["because"]
_UNTIL = _NAMES["words_until"]
_SAID_ELSEWHERE = {
    _NAMES[field] for field in ("business_id", "updated_at", "is_deleted", "kept_hash")
}
# Nobody sorts by these, so they are microseconds since 1970: 9 bytes instead of 27.
_ANSWERED = _NAMES["answered_at"]
_MOMENTS = {_NAMES["received_at"], _NAMES["seen_since"], _ANSWERED}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def feedback_row(scored: ScoredFeedback) -> Row:
    """One feedback with its reading; listed by day unless it is deleted."""
    feedback = scored.feedback
    plain: dict[str, Any] = to_plain(scored, ScoredFeedback, SHORT_NAMES)
    plain |= plain.pop("feedback") | plain.pop("reading")
    for name in _SAID_ELSEWHERE:
        plain.pop(name, None)
    for name in _MOMENTS & plain.keys():
        plain[name] = (from_text(plain[name]) - _EPOCH) // _TICK
    if _BECAUSE in plain:
        plain[_BECAUSE] = [_place_in(feedback.text, passage) for passage in plain[_BECAUSE]]
    if not feedback.text:
        del plain[_TEXT]
    plain[VERSION] = feedback.version
    if _UNTIL in plain:
        plain[keys.DUE_SHARD], plain[keys.DUE] = keys.Shard.WORDS.value, plain.pop(_UNTIL)
    if not feedback.is_deleted:
        del plain[_DAY], plain[_WRITTEN_AT]
        plain[keys.DAY_PARTITION] = keys.day_partition(feedback.business_id, scored.day)
        plain[keys.DAY_SORT] = keys.day_sort(scored.day, feedback.written_at)
    return make_row(keys.feedback_key(feedback.business_id, feedback.feedback_id), plain)


def feedback_from(row: Row) -> ScoredFeedback:
    """What `feedback_row` wrote."""
    plain = plain_of(row)
    updated_at, is_deleted, content_hash = plain[VERSION].split("#")
    plain[_NAMES["business_id"]] = keys.business_of(plain[keys.PARTITION])
    plain[_NAMES["updated_at"]] = updated_at
    plain[_NAMES["is_deleted"]] = is_deleted == "1"
    if keys.DAY_SORT in plain:
        plain[_DAY], plain[_WRITTEN_AT] = plain[keys.DAY_SORT].split("#")
    if keys.DUE in plain:
        plain[_UNTIL] = plain[keys.DUE]
    for name in _MOMENTS & plain.keys():
        plain[name] = to_text(_EPOCH + plain[name] * _TICK)
    text = plain.setdefault(_TEXT, "")
    plain[_BECAUSE] = [_passage_of(text, place) for place in plain.get(_BECAUSE, ())]
    plain |= {"feedback": plain.copy(), "reading": plain.copy()}
    scored: ScoredFeedback = from_plain(plain, ScoredFeedback, SHORT_NAMES)
    if scored.feedback.content_hash == content_hash:
        return scored
    return replace(scored, feedback=replace(scored.feedback, kept_hash=content_hash))


def _place_in(text: str, passage: str) -> str | list[int]:
    """Where a passage stands in the text, as first letter and length; itself when it does not."""
    start = text.find(passage)
    return [start, len(passage)] if start >= 0 else passage


def _passage_of(text: str, place: str | list[int]) -> str:
    if isinstance(place, str):
        return place
    start, length = place
    return text[start : start + length]


def condition_on(previous: ScoredFeedback | None) -> dict[str, Any]:
    """The condition under which the row is still the one that was read."""
    if previous is None:
        return {"ConditionExpression": f"attribute_not_exists({keys.PARTITION})"}
    expected = feedback_row(previous)
    day = keys.DAY_SORT if keys.DAY_SORT in expected else _DAY
    terms, names, values = [], {}, Row()
    told_apart_by = (VERSION, _STATUS, _MODEL_VERSION, NOT_NEGATIVE, _ANSWERED, day)
    for place, name in enumerate(told_apart_by):
        names[f"#c{place}"] = name
        if name in expected:
            values[f":c{place}"] = expected[name]
            terms.append(f"#c{place} = :c{place}")
        else:
            terms.append(f"attribute_not_exists(#c{place})")
    return {
        "ConditionExpression": " AND ".join(terms),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
