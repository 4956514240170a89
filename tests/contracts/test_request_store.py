"""What every store must do with the requests of people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.alert import ChannelKind, Notification, NotifyReason
from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.request import (
    Asked,
    PersonRequest,
    RequestKind,
    answer,
    take,
    without_words,
)
from chalicelib.ports import Store
from tests.contracts.builders import HOUR, NOW

ASKED = Asked(
    answer_to="quirina@post.example",
    address="+49 30 23125042",
    order="#A-7",
    name="Quirina",
    link="https://reviews.example/p/88",
    words="What do you keep of me?",
)


def a_request(request_id: str = "2026-05-04-aaa", **changes: Any) -> PersonRequest:
    """A request of a bakery's customer, with every field filled in."""
    given: dict[str, Any] = {
        "business_id": "bakery",
        "request_id": request_id,
        "kind": RequestKind.ERASURE,
        "received_at": NOW,
        "due_day": "2026-06-04",
        "asked": ASKED,
        "language": "de",
        "traces": ("trace-mail", "trace-order"),
        "look_at": NOW,
    }
    return PersonRequest(**given | changes)


def a_telling(request: PersonRequest) -> Notification:
    """The mail about it."""
    return Notification(
        business_id="bakery",
        incident_id=request.about,
        reason=NotifyReason.REQUEST,
        channel=ChannelKind.EMAIL,
        contact="Rosa",
        due=NOW,
        created_at=NOW,
    )


def an_act(what: ActKind = ActKind.TAKE_REQUEST) -> Act:
    """Somebody did something with it."""
    return Act(business_id="bakery", at=NOW, who="Rosa", what=what, about="request-1")


def test_a_request_is_kept_whole(store: Store) -> None:
    saved = store.save_request(a_request())

    assert saved == a_request(version=1)
    assert store.load_request("bakery", "2026-05-04-aaa") == saved
    assert store.load_request("clinic", "2026-05-04-aaa") is None
    answered = store.save_request(answer(take(saved, "Rosa"), "Ben", NOW + HOUR))
    assert store.load_request("bakery", "2026-05-04-aaa") == answered
    assert (answered.taken_by, answered.answered_by, answered.version) == ("Rosa", "Ben", 2)


def test_a_change_its_act_and_its_mail_are_one_write(store: Store) -> None:
    saved = store.save_request(a_request())

    store.save_request(take(saved, "Rosa"), an_act(), [a_telling(saved)])

    assert store.acts("bakery", NOW - HOUR, NOW + HOUR, 10) == [an_act()]
    (told,) = store.due_notifications(NOW, 10)
    assert (told.incident_id, told.contact) == ("request-2026-05-04-aaa", "Rosa")


def test_who_read_an_older_version_writes_nothing_at_all(store: Store) -> None:
    saved = store.save_request(a_request())
    store.save_request(take(saved, "Rosa"))

    with pytest.raises(ConflictError):
        store.save_request(take(saved, "Ben"), an_act(), [a_telling(saved)])
    with pytest.raises(ConflictError):
        store.save_request(a_request())

    found = store.load_request("bakery", "2026-05-04-aaa")
    assert found is not None
    assert found.taken_by == "Rosa"
    assert store.acts("bakery", NOW - HOUR, NOW + HOUR, 10) == []
    assert store.due_notifications(NOW, 10) == []


def test_a_mail_that_exists_stays_as_it_is(store: Store) -> None:
    saved = store.save_request(a_request(), None, [a_telling(a_request())])
    (first,) = store.due_notifications(NOW, 10)

    store.save_request(replace(saved, told=1), None, [replace(a_telling(saved), due=NOW - HOUR)])

    assert store.due_notifications(NOW, 10) == [first]


def test_open_ones_are_listed_by_the_day_they_are_due(store: Store) -> None:
    late = store.save_request(a_request("2026-05-01-aaa", due_day="2026-06-09"))
    soon = store.save_request(a_request("2026-05-02-aaa", due_day="2026-06-02"))
    done = store.save_request(a_request("2026-05-03-aaa", due_day="2026-06-01"))
    other = store.save_request(a_request("2026-05-02-zzz", business_id="clinic"))
    store.save_request(answer(done, "Rosa", NOW))

    assert store.open_requests("bakery", 10) == [soon, late]
    assert store.open_requests("bakery", 1) == [soon]
    assert store.open_requests("clinic", 10) == [other]


def test_all_are_listed_with_the_newest_day_first(store: Store) -> None:
    for name in ("2026-05-01-b", "2026-05-01-a", "2026-05-03-c"):
        saved = store.save_request(a_request(name))
    store.save_request(answer(saved, "Rosa", NOW))

    names = [one.request_id for one in store.requests_of("bakery", 10)]
    assert names == ["2026-05-03-c", "2026-05-01-b", "2026-05-01-a"]
    assert [one.request_id for one in store.requests_of("bakery", 1)] == ["2026-05-03-c"]


def test_a_request_is_due_at_its_time_and_no_more_without_one(store: Store) -> None:
    now_due = store.save_request(a_request("2026-05-01-a", look_at=NOW))
    before = store.save_request(a_request("2026-05-01-b", look_at=NOW - HOUR, business_id="clinic"))
    store.save_request(a_request("2026-05-01-c", look_at=NOW + timedelta(microseconds=1)))
    never = store.save_request(a_request("2026-05-01-d", look_at=NOW))
    store.save_request(replace(without_words(never), look_at=None))

    assert store.due_requests(NOW, 10) == [before, now_due]
    assert store.due_requests(NOW, 1) == [before]
