"""One look at one source: queued first, then remembered, and nothing between is lost."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import (
    ConflictError,
    QueueError,
    SourceContractError,
    SourceError,
    SourceUnavailable,
)
from chalicelib.domain.feedback import Feedback, FeedbackKind, Page
from chalicelib.domain.source import HELD_LIMIT, SourceState
from chalicelib.ports import FeedbackSource
from chalicelib.pull.http import SourceHttp
from chalicelib.pull.look import SECONDS_TO_STOP, PullReport, look_at
from chalicelib.pull.published_csv import PublishedCsv
from chalicelib.pull.rss import RssFeed
from tests.pull.given import NOW, OneSource, Queue, a_context
from tests.pull.site import Site

STATE = SourceState(business_id="bakery", source="talk")


def said(key: str, text: str = "fine", **changes: object) -> Feedback:
    plain: dict[str, object] = {
        "business_id": "bakery",
        "source": "talk",
        "external_id": key,
        "kind": FeedbackKind.MENTION,
        "text": text,
        "written_at": NOW - timedelta(hours=5),
        "updated_at": NOW - timedelta(hours=5),
    }
    return Feedback(**(plain | changes))  # type: ignore[arg-type]


class Script:
    """A source whose pages are written down: page n is behind the cursor {"n": n}."""

    def __init__(self, *pages: tuple[Feedback, ...], **flags: bool) -> None:
        self.pages = pages
        self.flags = flags
        self.breaks_at: int | None = None

    def fetch(self, cursor: Mapping[str, object]) -> Page:
        """The page behind the cursor."""
        place = int(str(cursor.get("n", 0)))
        if place == self.breaks_at:
            raise SourceUnavailable("gone", advice="Wait.")
        return Page(
            feedback=self.pages[place],
            cursor={"n": place + 1},
            is_complete=place + 1 == len(self.pages),
            refused=1,
            is_empty_suspect=self.flags.get("is_empty_suspect", False),
        )


def look(
    source: FeedbackSource, store: OneSource, queue: Queue, *, seconds: float = 100.0
) -> PullReport:
    return look_at(
        source,
        store.state,
        store=store,
        queue=queue,
        redact=lambda one: replace(one, text=one.text.replace("secret", "[gone]")),
        every=timedelta(hours=1),
        now=NOW,
        seconds_left=lambda: seconds,
    )


def test_every_page_is_queued_before_the_cursor_moves_behind_it() -> None:
    store = OneSource(STATE)
    queue = Queue(store)

    report = look(Script((said("a"), said("b")), (said("c"),)), store, queue)

    assert queue.cursors == [{}, {"n": 1}]
    assert [one.feedback.external_id for one in queue.put_there] == ["a", "b", "c"]
    assert store.state.cursor == {"n": 2}
    assert (report.pages, report.read, report.queued, report.refused) == (2, 3, 3, 2)
    assert report.is_complete


def test_a_queue_that_breaks_leaves_the_cursor_where_it_was() -> None:
    store = OneSource(STATE)
    queue = Queue()
    queue.is_broken = True

    with pytest.raises(QueueError):
        look(Script((said("a"),)), store, queue)

    assert store.state == STATE


def test_a_page_that_cannot_be_read_keeps_those_before_it() -> None:
    store, queue = OneSource(STATE), Queue()
    source = Script((said("a"),), (said("b"),))
    source.breaks_at = 1

    with pytest.raises(SourceUnavailable):
        look(source, store, queue)
    source.breaks_at = None
    look(source, store, queue)

    assert [one.feedback.external_id for one in queue.put_there] == ["a", "b"]
    assert store.state.cursor == {"n": 2}


def test_another_look_that_was_faster_stops_this_one() -> None:
    store = OneSource(replace(STATE, version=7))

    with pytest.raises(ConflictError):
        look_at(
            Script((said("a"),)),
            STATE,
            store=store,
            queue=Queue(),
            redact=lambda one: one,
            every=timedelta(hours=1),
            now=NOW,
            seconds_left=lambda: 100.0,
        )

    assert store.state.cursor == {}


@pytest.mark.parametrize(("seconds", "pages"), [(SECONDS_TO_STOP - 0.1, 1), (SECONDS_TO_STOP, 2)])
def test_no_page_is_begun_when_time_runs_out(seconds: float, pages: int) -> None:
    store, queue = OneSource(STATE), Queue()

    report = look(Script((said("a"),), (said("b"),)), store, queue, seconds=seconds)

    assert (report.pages, report.is_complete) == (pages, pages == 2)
    assert store.state.cursor == {"n": pages}
    assert store.state.looked_at == (NOW if pages == 2 else None)
    # Cut short, it is due again at once.
    assert store.state.due == (NOW + timedelta(minutes=59) if pages == 2 else NOW)
    assert store.state.lease_until is None


def test_all_pages_of_the_first_look_are_history_even_when_it_takes_two_turns() -> None:
    store, queue = OneSource(STATE), Queue()
    source = Script((said("a"),), (said("b"),))

    look(source, store, queue, seconds=0)
    look(source, store, queue)

    assert [(one.is_history, one.seen_since) for one in queue.put_there] == [
        (True, None),
        (True, None),
    ]
    assert not store.state.is_history


def test_later_looks_say_since_when_they_know_the_source() -> None:
    since = NOW - timedelta(hours=1)
    store = OneSource(replace(STATE, first_look_done=True, looked_at=since))
    queue = Queue()

    look(Script((said("a"),), (said("b"),)), store, queue)

    assert {(one.is_history, one.seen_since) for one in queue.put_there} == {(False, since)}
    assert {one.received_at for one in queue.put_there} == {NOW}


def test_what_is_held_already_is_not_queued_again() -> None:
    store, queue = OneSource(STATE), Queue()
    look(Script((said("a"), said("b"))), store, queue)
    store.state = replace(store.state, cursor={})

    report = look(Script((said("a"), said("b", "changed"), said("c"))), store, queue)

    assert [one.feedback.external_id for one in queue.put_there[2:]] == ["b", "c"]
    assert (report.read, report.queued) == (3, 2)


@pytest.mark.parametrize("text", ["one", "two", "three", "four", "five"])
def test_an_edit_without_a_date_is_newer_than_what_it_replaces(text: str) -> None:
    # By its hash alone, one edit in two would be taken for the older version.
    store, queue = OneSource(STATE), Queue()
    look(Script((said("a"),)), store, queue)
    store.state = replace(store.state, cursor={})

    look(Script((said("a", text),)), store, queue)

    before, after = (one.feedback for one in queue.put_there)
    assert after.text == text
    assert after.version > before.version


def test_an_edit_that_its_source_dates_keeps_that_date() -> None:
    store, queue = OneSource(STATE), Queue()
    look(Script((said("a"),)), store, queue)
    store.state = replace(store.state, cursor={})
    edited_at = NOW - timedelta(hours=1)

    look(Script((said("a", "changed", updated_at=edited_at),)), store, queue)

    assert queue.put_there[-1].feedback.updated_at == edited_at


def test_what_is_queued_and_held_is_redacted() -> None:
    store, queue = OneSource(STATE), Queue()

    look(Script((said("a", "my secret"),)), store, queue)

    assert queue.put_there[0].feedback.text == "my [gone]"
    assert set(store.state.held.values()) == {queue.put_there[0].feedback.content_hash}


def test_an_answer_that_is_empty_where_it_was_not_is_trouble() -> None:
    store = OneSource(replace(STATE, first_look_done=True, looked_at=NOW - timedelta(hours=1)))
    before = store.state

    with pytest.raises(SourceContractError, match="empty where it used to have feedback"):
        look(Script((), is_empty_suspect=True), store, Queue())

    assert store.state == before


def test_of_more_than_can_be_held_the_newest_are() -> None:
    store, queue = OneSource(STATE), Queue()

    look(Script(tuple(said(str(place)) for place in range(HELD_LIMIT + 3))), store, queue)

    assert len(store.state.held) == HELD_LIMIT
    assert not store.state.is_new(said(str(HELD_LIMIT + 2)))
    assert store.state.is_new(said("2"))


FEED = b'<rss version="2.0"><channel><item><guid>a</guid><title>fine</title></item></channel></rss>'
SHEET = b"date,review\n2026-03-01,fine\n"


@pytest.mark.parametrize(("build", "good"), [(RssFeed, FEED), (PublishedCsv, SHEET)])
@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (401, b"", {}),
        (402, b"", {}),
        (403, b"", {}),
        (404, b"", {}),
        (410, b"", {}),
        (429, b"", {"Retry-After": "60"}),
        (500, b"", {}),
        (503, b"", {"Retry-After": "60"}),
        (301, b"", {"Location": "/feed"}),
        (200, b"<html><body>Sign in</body></html>", {"Content-Type": "text/html"}),
        (200, b"x" * (6 * 1024 * 1024), {}),
        (200, b"plain", {"Content-Encoding": "gzip"}),
        (200, b"", {}),
    ],
)
def test_no_fault_of_a_site_moves_the_cursor_or_loses_what_comes_after(
    site: Site,
    build: type[RssFeed] | type[PublishedCsv],
    good: bytes,
    status: int,
    body: bytes,
    headers: dict[str, str],
) -> None:
    http = SourceHttp(allow_loopback=True, backoff_seconds=0)
    source = build(a_context(http, address=site.on("/feed", body=good)))
    store, queue = OneSource(STATE), Queue()
    look(source, store, queue)
    held = store.state

    site.on("/feed", status, body, headers)
    with pytest.raises(SourceError) as caught:
        look(source, store, queue)
    assert store.state == held
    assert caught.value.advice.endswith(".")

    site.on("/feed", body=good.replace(b"fine", b"late"))
    look(source, store, queue)
    assert [one.feedback.text for one in queue.put_there] == ["fine", "late"]
