"""What a customer was known by goes with them, and with it what tied it to others."""

from collections.abc import Sequence
from contextlib import suppress

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.profile import without_ties_to
from chalicelib.ports import ProfileStore
from chalicelib.privacy.person import Wanted

TRIES = 5


def traces_of_person(wanted: Wanted, found: Sequence[ScoredFeedback]) -> set[str]:
    """All that the person is known by: what was named, and what their feedback carried."""
    return {*wanted.traces, *(trace for one in found for trace in one.feedback.traces)}


def forget_known(
    store: ProfileStore, business_id: str, wanted: Wanted, found: Sequence[ScoredFeedback]
) -> None:
    """Take it out. Safe to repeat: ties first, while it is known where they lead."""
    gone = traces_of_person(wanted, found)
    known = store.load_known(business_id, sorted(gone))
    others = {tie.other for one in known.values() for tie in one.ties} - gone
    for other in sorted(others):
        _untie(store, business_id, other, gone)
    store.drop_known(business_id, sorted(known))


def _untie(store: ProfileStore, business_id: str, trace: str, gone: set[str]) -> None:
    for _ in range(TRIES):
        known = store.load_known(business_id, [trace]).get(trace)
        if known is None:
            return
        left = without_ties_to(known, gone)
        if left == known:
            return
        with suppress(ConflictError):
            store.save_known([left])
            return
    raise ConflictError("what a customer is known by kept changing while it was erased")
