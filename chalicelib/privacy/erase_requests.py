"""What a person asked about their own words goes with them when they are erased.

Who is gone can be given nothing more: a request of theirs that still waits is answered thereby.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.request import PersonRequest, answer, without_words
from chalicelib.ports import RequestStore
from chalicelib.privacy.person import Wanted
from chalicelib.privacy.requests import is_of

# Stands in the trail where others have a person's name.
BY_ERASURE = "erase-customer"
TRIES = 5
# Five a day at most ever come in: this is more than two years of a flood.
ALL = 4_000


def requests_of_person(
    store: RequestStore, business_id: str, wanted: Wanted
) -> list[PersonRequest]:
    """The person's requests of which something is left, the newest first."""
    found = store.requests_of(business_id, ALL)
    return [one for one in found if one.asked.typed and is_of(one, wanted)]


def forget_requests(store: RequestStore, asked: Iterable[PersonRequest], now: datetime) -> None:
    """Take out what was typed in these. Safe to repeat."""
    for request in asked:
        _forget(store, request, now)


def _forget(store: RequestStore, request: PersonRequest, now: datetime) -> None:
    for _ in range(TRIES):
        answered = answer(request, BY_ERASURE, now)
        left = replace(without_words(answered), look_at=None)
        act = Act(
            business_id=request.business_id,
            at=now,
            who=BY_ERASURE,
            what=ActKind.ANSWER_REQUEST,
            about=request.about,
            detail="erased",
        )
        with contextlib.suppress(ConflictError):
            store.save_request(left, act if request.is_open else None)
            return
        changed = store.load_request(request.business_id, request.request_id)
        request = changed or request
    raise ConflictError(f"request {request.request_id} kept changing while it was erased")
