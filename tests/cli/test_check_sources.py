"""`heedful check` calls a source as Lambda would, keeps nothing, and says what to fix."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from chalicelib.cli.checks.noted_http import NotedHttp, quota_of
from chalicelib.cli.checks.rows import Finding, Row
from chalicelib.cli.checks.sources import Asked, check_source
from chalicelib.cli.local_run import SimulatedClock
from chalicelib.cli.memory_services import Outbox, memory_services
from chalicelib.domain.business import SourceSettings, StoragePolicy
from chalicelib.domain.source import SourceState
from chalicelib.ports import Services, SourceKind
from chalicelib.pull import imported_csv, surveys
from chalicelib.store.memory import MemoryStore
from tests.pull.played.everywhere import PLAYED
from tests.pull.played.feeds import PlayedRss
from tests.pull.played.google_business import PlayedGoogleBusiness
from tests.pull.playing import Answer, Played, Stage, playing, send

SECRET = "bakery/talk"


def services_of(stage: Stage) -> Services:
    given = {SECRET: stage.played.secrets} if stage.played.secrets else {}
    services, _ = memory_services(MemoryStore(), Outbox(), SimulatedClock(stage.now), secrets=given)
    return replace(services, http=stage.http)


def asked_of(stage: Stage, **changes: Any) -> Asked:
    context = stage.context()
    given: dict[str, Any] = {
        "business": context.business,
        "settings": replace(
            context.settings,
            kind=stage.played.kind.name,
            storage_policy=stage.played.kind.keeps,
            secret=SECRET if stage.played.secrets else None,
        ),
        "kind": stage.played.kind,
        "state": None,
        "stage": "prod",
    }
    return Asked(**given | changes)


def check(stage: Stage, **changes: Any) -> Row:
    return check_source(services_of(stage), asked_of(stage, **changes))


@contextmanager
def google() -> Iterator[Stage]:
    with playing(PlayedGoogleBusiness()) as stage:
        stage.played.write(3)
        yield stage


def answering(stage: Stage, status: int, headers: Mapping[str, str] | None = None) -> None:
    body = stage.played.error_bodies.get(status, b"")

    def respond(handler: Any) -> None:
        send(handler, Answer(said=body, status=status, headers=headers or {}))

    stage.site.otherwise = respond


@pytest.mark.parametrize("kind", PLAYED)
def test_every_source_is_called_and_neither_its_row_nor_the_queue_moves(kind: str) -> None:
    played: Played = PLAYED[kind]()
    with playing(played) as stage:
        played.write(3)
        before = stage.store.state

        row = check(stage)

        assert (row.finding, row.is_reachable) == (Finding.GOOD, True), row.words
        assert row.newest is not None
        assert stage.store.state == before
        assert stage.queue.put_there == []
        stage.look()
        assert len(stage.queued) == 3


def test_the_newest_review_and_the_quota_stand_in_the_row() -> None:
    with google() as stage:
        respond = stage.site.otherwise
        assert respond is not None
        answer = stage.played.answer

        def with_quota(asked: Any) -> Answer:
            found = answer(asked)
            return replace(found, headers={"X-RateLimit-Remaining": "299",
                                           "X-RateLimit-Limit": "300"})  # fmt: skip

        stage.played.answer = with_quota  # type: ignore[method-assign]
        row = check(stage)

        assert row.newest == stage.played.moment
        assert row.quota == "299 of 300"
        assert row.good_until == "until revoked"
        assert row.cost == "nothing"


def test_a_stage_s_own_session_is_left_to_it() -> None:
    with playing(PLAYED["bluesky"]()) as stage:
        stage.played.write(3)
        stage.look()
        stage.played.asked.clear()
        state = stage.store.state
        kept = dict(state.cursor)["session"]

        row = check(stage, state=state)

        assert row.finding is Finding.GOOD
        assert isinstance(kept, Mapping)
        spoken = [str(one.headers.get("authorization")) + one.body.decode()
                  for one in stage.played.asked]  # fmt: skip
        assert not any(str(kept[name]) in one for one in spoken for name in ("access", "refresh"))


@pytest.mark.parametrize(
    ("status", "is_reachable", "advice"),
    [
        (401, True, "Renew the credential"),
        (403, True, "Renew the credential"),
        (404, True, "Look up the present address"),
        (402, True, "Buy credits"),
        (500, True, "Nothing to do unless it lasts"),
    ],
)
def test_what_the_source_answers_becomes_the_next_step(
    status: int, is_reachable: bool, advice: str
) -> None:
    with playing(PlayedRss()) as stage:
        answering(stage, status)

        row = check(stage)

        assert row.finding is Finding.TO_FIX
        assert row.is_reachable is (is_reachable and status != 500)
        assert row.to_fix.startswith(advice)
        assert str(status) in row.trouble


def test_nobody_answers() -> None:
    with playing(PlayedRss()) as stage:
        stage.http.root = "http://127.0.0.1:9"

        row = check(stage)

        assert (row.finding, row.is_reachable) == (Finding.TO_FIX, False)
        assert "does not answer" in row.trouble


def test_a_pause_that_the_source_asks_for_is_nothing_to_fix() -> None:
    with playing(PlayedRss()) as stage:
        answering(stage, 429, {"Retry-After": "1800"})

        row = check(stage)

        until = stage.now + timedelta(minutes=30)
        assert (row.finding, row.is_reachable) == (Finding.NOTE, True)
        assert f"until {until:%H:%M} UTC" in row.trouble


def test_a_source_that_is_empty_where_it_was_not_is_told() -> None:
    with google() as stage:
        stage.look()
        stage.played.entries.clear()

        row = check(stage, state=stage.store.state)

        assert row.finding is Finding.TO_FIX
        assert "empty where it used to have feedback" in row.trouble


def test_a_source_without_any_feedback_yet_is_a_note() -> None:
    with playing(PlayedGoogleBusiness()) as stage:
        row = check(stage)

        assert (row.finding, row.newest) == (Finding.NOTE, None)
        assert "holds no feedback yet" in row.trouble


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("google_business", "./dev heedful connect google --name bakery/talk --stage prod"),
        ("bluesky", "./dev heedful secret set bakery/talk --stage prod and give it"),
    ],
)
def test_a_missing_secret_names_the_command_that_stores_it(kind: str, command: str) -> None:
    with playing(PLAYED[kind]()) as stage:
        services, _ = memory_services(MemoryStore(), Outbox(), SimulatedClock(stage.now))

        row = check_source(services, asked_of(stage))

        assert (row.finding, row.is_reachable) == (Finding.TO_FIX, None)
        assert command in row.to_fix
        assert stage.played.asked == []


def test_secrets_that_aws_does_not_hand_out_say_whose_account_to_use() -> None:
    class Closed:
        def get(self, name: str) -> tuple[str, ...]:
            raise NoCredentialsError

        def keep(self, name: str, value: str) -> bool:
            raise NoCredentialsError

    with google() as stage:
        services = replace(services_of(stage), secrets=Closed())

        row = check_source(services, asked_of(stage))

        assert row.finding is Finding.TO_FIX
        assert "NoCredentialsError" in row.trouble
        assert "AWS_PROFILE" in row.to_fix


@pytest.mark.parametrize(
    ("days", "finding", "trouble"),
    [
        (-1, Finding.TO_FIX, "its credential has ended"),
        (6, Finding.TO_FIX, "its credential ends soon"),
        (8, Finding.GOOD, ""),
    ],
)
def test_a_credential_that_ends_is_told_a_week_before(
    days: int, finding: Finding, trouble: str
) -> None:
    with google() as stage:
        ends = stage.now + timedelta(days=days)
        secret = json.loads(stage.played.secrets[0]) | {"expires_at": ends.isoformat()}
        stage.played.secrets = (json.dumps(secret),)

        row = check(stage)

        assert (row.finding, row.trouble) == (finding, trouble)
        assert row.good_until == f"{ends:%Y-%m-%d}"
        assert ("connect google" in row.to_fix) is (finding is Finding.TO_FIX)


def test_a_token_that_carries_no_end_is_counted_from_when_it_was_stored() -> None:
    with playing(PLAYED["instagram"]()) as stage:
        stage.played.write(3)
        rows = [check(stage, stored_at=stage.now - timedelta(days=days)) for days in (52, 54)]

        assert [row.finding for row in rows] == [Finding.GOOD, Finding.TO_FIX]
        assert rows[0].good_until == f"{stage.now + timedelta(days=8):%Y-%m-%d}"
        assert "connect instagram --name bakery/talk" in rows[1].to_fix


@pytest.mark.parametrize(
    ("policy", "finding"),
    [
        (StoragePolicy.FULL, Finding.TO_FIX),
        (StoragePolicy.TTL_24H, Finding.GOOD),
        (StoragePolicy.NONE, Finding.GOOD),
    ],
)
def test_keeping_more_than_the_terms_allow_is_to_fix(
    policy: StoragePolicy, finding: Finding
) -> None:
    with playing(PlayedRss()) as stage:
        stage.played.write(1)
        kind = replace(stage.played.kind, keeps=StoragePolicy.TTL_24H)
        settings = replace(stage.context().settings, storage_policy=policy)

        row = check(stage, kind=kind, settings=settings)

        assert row.finding is finding
        assert ('storage_policy = "ttl_24h"' in row.to_fix) is (finding is Finding.TO_FIX)


def test_mastodon_s_command_names_the_instance() -> None:
    with playing(PLAYED["mastodon"]()) as stage:
        settings = replace(
            stage.context().settings,
            secret=SECRET,
            options=MappingProxyType({"address": "https://town.example", "mentions": True}),
        )
        services, _ = memory_services(MemoryStore(), Outbox(), SimulatedClock(stage.now))

        row = check_source(services, asked_of(stage, settings=settings))

        assert "connect mastodon --name bakery/talk --site https://town.example " in row.to_fix


def test_what_google_says_of_a_sign_in_in_testing_is_heard() -> None:
    with google() as stage:
        answer = stage.played.answer

        def in_testing(asked: Any) -> Answer:
            found = answer(asked)
            if asked.host != "oauth2.googleapis.com":
                return found
            assert isinstance(found.said, dict)
            return Answer(said=found.said | {"refresh_token_expires_in": 3600})

        stage.played.answer = in_testing  # type: ignore[method-assign]
        row = check(stage)

        assert row.finding is Finding.TO_FIX
        assert row.trouble == "its credential ends soon"


def test_a_wrong_option_is_said_in_the_words_of_the_source() -> None:
    with google() as stage:
        stage.played.options = MappingProxyType({"places": "nowhere"})

        row = check(stage)

        assert row.finding is Finding.TO_FIX
        assert 'places = {"accounts/1/locations/2"' in row.to_fix


def test_what_the_stage_saw_last_is_told_beside_what_is_seen_now() -> None:
    with google() as stage:
        stage.look()
        failing = replace(stage.store.state, failures=3, trouble="it was away")
        late = replace(stage.store.state, due=stage.now - timedelta(hours=1))
        in_time = replace(stage.store.state, due=stage.now - timedelta(minutes=29))

        rows = [check(stage, state=state) for state in (failing, late, in_time)]

        assert [row.finding for row in rows] == [Finding.NOTE, Finding.TO_FIX, Finding.GOOD]
        assert "last 3 look(s) of the stage failed (it was away)" in rows[0].trouble
        assert "did not come" in rows[1].trouble


def uncalled(kind: SourceKind, state: SourceState | None) -> Row:
    with google() as stage:
        settings = SourceSettings(
            name="talk", kind=kind.name, secret=SECRET if kind.needs_secret else None
        )
        return check(stage, kind=kind, settings=settings, state=state)


def test_a_webhook_is_not_called_but_its_secret_is_looked_for() -> None:
    silent = SourceState(business_id="bakery", source="talk")
    heard = replace(silent, newest_written_at=datetime(2026, 3, 1, tzinfo=UTC))

    rows = [uncalled(surveys.KIND, state) for state in (None, silent, heard)]

    assert [row.finding for row in rows] == [Finding.GOOD, Finding.NOTE, Finding.GOOD]
    assert "has not yet" in rows[1].trouble
    assert rows[1].to_fix == surveys.KIND.try_it
    assert rows[2].newest == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_file_brought_by_hand_is_good_as_it_is() -> None:
    row = uncalled(imported_csv.KIND, None)

    assert (row.finding, row.is_reachable, row.good_until) == (Finding.GOOD, None, "")


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        ({"x-rate-limit-remaining": "449", "x-rate-limit-limit": "450"}, "449 of 450"),
        ({"RateLimit-Remaining": "2999", "RateLimit-Limit": "3000"}, "2999 of 3000"),
        ({"RateLimit-Remaining": "299", "RateLimit-DailyLimit": "300"}, "299 of 300"),
        ({"X-Rate-Limit": "user-hour-lim:3600;user-hour-rem:3599;"}, "3599 of 3600"),
        ({"X-Ratelimit-Remaining": "12"}, "12"),
        ({"X-Ratelimit-Remaining": "many"}, ""),
        ({"Content-Type": "text/html"}, ""),
    ],
)
def test_the_quota_is_read_from_each_service_s_own_headers(
    headers: Mapping[str, str], quota: str
) -> None:
    assert quota_of(headers) == quota


def test_the_quota_is_heard_also_in_an_answer_that_is_an_error() -> None:
    with playing(PlayedRss()) as stage:
        answering(stage, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "300"})
        http = NotedHttp(stage.http)

        with pytest.raises(Exception, match="refuses access"):
            http.get("https://feeds.example/all", now=stage.now)

        assert http.quota == "0 of 300"
