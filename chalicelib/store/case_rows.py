"""Cases, whose feedback belongs to which, and acts of people as rows, and back.

A case is listed in one place: among the open ones of its business by when it is due (without a
time last), or among those that ended in its month.
"""

from typing import Any

from chalicelib.domain.audit import Act
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.clock import to_text
from chalicelib.domain.concern import Concern
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.keys import Shard
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain

CASE = "case"
# After every moment.
_NEVER = "~"


def case_row(case: RecoveryCase) -> Row:
    """A case; in the due index while something is waited for, and once it ended until its words
    must be gone."""
    plain: dict[str, Any] = to_plain(case, RecoveryCase, SHORT_NAMES)
    if case.is_open:
        place = to_text(case.due) if case.due is not None else _NEVER
        plain[keys.LIST_PARTITION] = keys.open_cases_partition(case.business_id)
    else:
        place = to_text(case.closed_at or case.opened_at)
        plain[keys.LIST_PARTITION] = keys.ended_cases_partition(case.business_id, place)
    plain[keys.LIST_SORT] = f"{place}#{case.case_id}"
    if case.is_open and case.looked_at_next is not None:
        plain |= {keys.DUE_SHARD: Shard.CASE.value, keys.DUE: to_text(case.looked_at_next)}
    elif case.words_until is not None:
        plain |= {keys.DUE_SHARD: Shard.CASE_WORDS.value, keys.DUE: to_text(case.words_until)}
    return make_row(keys.case_key(case.business_id, case.case_id), plain)


def case_from(row: Row) -> RecoveryCase:
    """What `case_row` wrote."""
    case: RecoveryCase = from_plain(plain_of(row), RecoveryCase, SHORT_NAMES)
    return case


def claim_row(business_id: str, feedback_id: str, case_id: str) -> Row:
    """That a feedback belongs to a case."""
    return make_row(keys.claim_key(business_id, feedback_id), {CASE: case_id})


def claim_condition(case_id: str) -> dict[str, Any]:
    """The condition that the feedback belongs to no other case."""
    return {
        "ConditionExpression": f"attribute_not_exists({keys.PARTITION}) OR #case = :case",
        "ExpressionAttributeNames": {"#case": CASE},
        "ExpressionAttributeValues": {":case": {"S": case_id}},
    }


def concern_row(concern: Concern) -> Row:
    """A concern; in the due index from the moment it came up."""
    plain: dict[str, Any] = to_plain(concern, Concern, SHORT_NAMES)
    plain |= {keys.DUE_SHARD: Shard.CONCERN.value, keys.DUE: to_text(concern.since)}
    return make_row(keys.concern_key(concern.business_id, concern.concern_id), plain)


def concern_from(row: Row) -> Concern:
    """What `concern_row` wrote."""
    concern: Concern = from_plain(plain_of(row), Concern, SHORT_NAMES)
    return concern


def act_row(act: Act) -> Row:
    """An act, listed by its moment; two of one moment lie side by side."""
    plain: dict[str, Any] = to_plain(act, Act, SHORT_NAMES)
    act_id = keys.short_hash("\0".join((act.who, act.what, act.about, act.detail)))
    return make_row(keys.act_key(act.business_id, to_text(act.at), act_id), plain)


def act_from(row: Row) -> Act:
    """What `act_row` wrote."""
    act: Act = from_plain(plain_of(row), Act, SHORT_NAMES)
    return act
