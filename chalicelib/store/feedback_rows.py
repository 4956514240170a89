"""A scored feedback as one row, and back: the only row that holds a customer's words.

The row is flat and says nothing twice: the business stands in the key; moment and local date in
the day index's key, which a deleted feedback does not have; the moment of the update, whether it
is a deletion and the hash of what was said in the version. A usual review stays below one
kilobyte, which is one write unit.
"""

from dataclasses import replace
from typing import Any

from chalicelib.domain.feedback import Feedback, ScoredFeedback
from chalicelib.domain.sentiment import Reading
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain

VERSION = "v"
NOT_NEGATIVE = SHORT_NAMES[ScoredFeedback]["is_not_negative"]
_STATUS = SHORT_NAMES[Reading]["status"]
_MODEL_VERSION = SHORT_NAMES[Reading]["model_version"]
_NAMES = SHORT_NAMES[Feedback]
_SAID_ELSEWHERE = ("business_id", "updated_at", "is_deleted", "kept_hash")


def feedback_row(scored: ScoredFeedback) -> Row:
    """One feedback with its reading; listed by day unless it is deleted."""
    feedback = scored.feedback
    plain: dict[str, Any] = to_plain(scored, ScoredFeedback, SHORT_NAMES)
    plain |= plain.pop("feedback") | plain.pop("reading")
    for field in _SAID_ELSEWHERE:
        plain.pop(_NAMES[field], None)
    plain[VERSION] = feedback.version
    if not feedback.is_deleted:
        del plain["day"], plain[_NAMES["written_at"]]
        plain[keys.DAY_PARTITION] = keys.day_partition(feedback.business_id, scored.day)
        plain[keys.DAY_SORT] = keys.day_sort(scored.day, feedback.written_at, feedback.feedback_id)
    return make_row(keys.feedback_key(feedback.business_id, feedback.feedback_id), plain)


def feedback_from(row: Row) -> ScoredFeedback:
    """What `feedback_row` wrote."""
    plain = plain_of(row)
    updated_at, is_deleted, content_hash = plain[VERSION].split("#")
    plain[_NAMES["business_id"]] = keys.business_of(plain[keys.PARTITION])
    plain[_NAMES["updated_at"]] = updated_at
    plain[_NAMES["is_deleted"]] = is_deleted == "1"
    if keys.DAY_SORT in plain:
        plain["day"], plain[_NAMES["written_at"]], _ = plain[keys.DAY_SORT].split("#")
    plain |= {"feedback": plain.copy(), "reading": plain.copy()}
    scored: ScoredFeedback = from_plain(plain, ScoredFeedback, SHORT_NAMES)
    if scored.feedback.content_hash == content_hash:
        return scored
    return replace(scored, feedback=replace(scored.feedback, kept_hash=content_hash))


def condition_on(previous: ScoredFeedback | None) -> dict[str, Any]:
    """The condition under which the row is still the one that was read."""
    if previous is None:
        return {"ConditionExpression": f"attribute_not_exists({keys.PARTITION})"}
    expected = feedback_row(previous)
    day = keys.DAY_SORT if keys.DAY_SORT in expected else "day"
    terms, names, values = [], {}, Row()
    for place, name in enumerate((VERSION, _STATUS, _MODEL_VERSION, NOT_NEGATIVE, day)):
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
