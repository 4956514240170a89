"""How long each kind of row is kept, and the step that takes away what DynamoDB cannot.

Whole rows go by DynamoDB's TTL. Of a feedback only the words and the person go, and the score
stays (see `domain.forgetting`): TTL cannot do that, so each row waits in the due index for the end
of its words and `apply_retention` takes them out. Both may be late; whoever shows words asks
`as_kept`, which is not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.business import StoragePolicy
from chalicelib.domain.case import without_customer
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.forgetting import without_person
from chalicelib.ports import CaseStore, ErasureStore

# `apply_retention` comes every hour: what must be gone after a day goes one look before.
A_DAY_AT_MOST = timedelta(hours=23)
AT_ONCE = 100

# For docs/privacy.md and its test: what is kept, how long, and what ends it.
KEPT = {
    "words and person of a feedback": "13 months after they reached us (keep_words), by us",
    "words of a source that allows a day": "23 hours, by us",
    "words of a source that allows ids only": "never stored",
    "score, day, source and place of a feedback": "no end: nobody is in it",
    "counts and ledger": "no end: nobody is in them",
    "what a complaint is known by (keyed, no word of it)": "14 days, when the next feedback is "
    "judged; with an erasure at once",
    "incident": "no end: no customer's words, ids without a person",
    "what people wrote into a case, and whose": "13 months after it ended (keep_words), by us",
    "case without words, and its end": "no end: nobody is in it",
    "act of a person": "no end: who did what when, and no customer's word",
    "what a customer is known by, where profiles are on": "as long as the words behind it, by TTL "
    "and when read",
    "what somebody wrote about their own words": "7 days after the answer, by us",
    "that somebody asked, and who answered when": "no end: nobody is in it",
    "reply to a customer": "13 months, by TTL, with the words it answers",
    "webhook delivery": "7 days, by TTL and when read",
    "notification": "13 months, by TTL",
    "link in a message": "30 days after it expired, by TTL and when opened",
    "tombstone and receipt of an erasure": "no end: keyed hashes and counts",
    "queued feedback": "4 days, by SQS",
    "dead letters": "14 days, by SQS",
    "log": "30 days, by CloudWatch; no customer's word is in it",
}


def words_until(received_at: datetime, policy: StoragePolicy, kept: timedelta) -> datetime:
    """When words and person of a feedback must be gone; at once is now."""
    match policy:
        case StoragePolicy.FULL:
            return received_at + kept
        case StoragePolicy.TTL_24H:
            return received_at + min(kept, A_DAY_AT_MOST)
        case _:
            return received_at


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionReport:
    """How many feedbacks and cases lost their words; whether more wait for the next run."""

    forgotten: int = 0
    cases: int = 0
    is_complete: bool = True


def take_outlived(
    store: ErasureStore, now: datetime, has_time: Callable[[], bool]
) -> RetentionReport:
    """Take words and person out of every feedback whose time is up. Safe to repeat anywhere."""
    forgotten = 0
    while has_time():
        waiting = store.outlived(now, AT_ONCE)
        done = 0
        for stored in waiting:
            try:
                store.forget(without_person(stored), stored)
            except ConflictError:
                # It was edited just now, and has a new end.
                continue
            done += 1
        forgotten += done
        # The index lags: what it still lists is read as it is, and no longer waits.
        if len(waiting) < AT_ONCE or not done:
            return RetentionReport(forgotten=forgotten)
    return RetentionReport(forgotten=forgotten, is_complete=False)


def take_outlived_cases(store: CaseStore, now: datetime, has_time: Callable[[], bool]) -> int:
    """Take what people wrote, and whose it was, out of every case that ended so long ago; says how
    many. Safe to repeat anywhere."""
    forgotten = 0
    while has_time():
        waiting = store.outlived_cases(now, AT_ONCE)
        done = 0
        for case in waiting:
            try:
                store.save_case(without_customer(case))
            except ConflictError:
                # It was opened again or corrected just now.
                continue
            done += 1
        forgotten += done
        if len(waiting) < AT_ONCE or not done:
            break
    return forgotten
