"""Every way in which a site can fail ends in one typed error with one sentence of advice."""

import gzip
import socket
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from chalicelib.domain.errors import (
    SourceAuthError,
    SourceContractError,
    SourceCreditsError,
    SourceError,
    SourceRateLimited,
    SourceUnavailable,
)
from chalicelib.pull.http import BODY_LIMIT, BODY_SECONDS, SourceHttp
from chalicelib.pull.http_errors import pause_until, retry_after
from tests.pull.site import Site

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)


@pytest.fixture
def http() -> SourceHttp:
    """A session that may read from this machine and never waits between tries."""
    return SourceHttp(allow_loopback=True, read_seconds=0.3, backoff_seconds=0)


def test_a_good_answer_brings_status_headers_body_and_address(http: SourceHttp, site: Site) -> None:
    address = site.on("/feed?key=1", body=b"hello", headers={"ETag": '"v1"'})

    answer = http.get(address, now=NOW, headers={"X-Asked": "yes"})

    assert (answer.status, answer.body, answer.url) == (200, b"hello", address)
    assert answer.headers["etag"] == '"v1"'
    assert site.asked[0][1]["x-asked"] == "yes"
    assert site.asked[0][1]["user-agent"].startswith("Heedful")


def test_what_a_site_asks_one_business_to_keep_is_not_brought_back_for_another(
    http: SourceHttp, site: Site
) -> None:
    signed_in = site.on("/api/rosa", headers={"Set-Cookie": "session=rosa; Path=/"})
    other = site.on("/api/jonas")

    http.get(signed_in, now=NOW)
    http.get(other, now=NOW)
    http.post(other, now=NOW, json={})

    assert [path for path, _ in site.asked] == ["/api/rosa", "/api/jonas", "/api/jonas"]
    assert [headers.get("cookie") for _, headers in site.asked] == [None, None, None]


@pytest.mark.parametrize(
    ("status", "expected", "advice"),
    [
        (401, SourceAuthError, "credential"),
        (402, SourceCreditsError, "Buy credits"),
        (403, SourceAuthError, "credential"),
        (404, SourceContractError, "present address"),
        (410, SourceContractError, "present address"),
        (418, SourceContractError, "settings of this source"),
        (429, SourceRateLimited, "waits until it is allowed"),
        (500, SourceUnavailable, "tries again"),
        (503, SourceUnavailable, "tries again"),
        (304, SourceContractError, "settings of this source"),
    ],
)
def test_each_status_has_its_error_and_its_advice(
    http: SourceHttp, site: Site, status: int, expected: type[SourceError], advice: str
) -> None:
    address = site.on("/feed", status)

    with pytest.raises(SourceError) as caught:
        http.get(address, now=NOW)

    assert type(caught.value) is expected
    assert advice in caught.value.advice
    assert "127.0.0.1" in str(caught.value)


def test_no_message_holds_more_of_an_address_than_its_host(http: SourceHttp, site: Site) -> None:
    address = site.on("/feed?api_token=hush", 404)

    with pytest.raises(SourceContractError) as caught:
        http.get(address, now=NOW)

    assert "hush" not in f"{caught.value} {caught.value.advice}"


def test_a_status_that_the_source_expects_is_no_error(http: SourceHttp, site: Site) -> None:
    address = site.on("/feed", 304)

    answer = http.get(address, now=NOW, good=frozenset({200, 304}))

    assert (answer.status, answer.body) == (304, b"")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_of_the_sites_own_is_tried_three_times(
    http: SourceHttp, site: Site, status: int
) -> None:
    address = site.on("/feed", status)

    with pytest.raises(SourceUnavailable):
        http.get(address, now=NOW)

    assert len(site.asked) == 3


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_a_refusal_is_not_tried_again(http: SourceHttp, site: Site, status: int) -> None:
    address = site.on("/feed", status, headers={"Retry-After": "1"})

    with pytest.raises(SourceError):
        http.get(address, now=NOW)

    assert len(site.asked) == 1


def test_a_pause_that_is_asked_for_is_kept(http: SourceHttp, site: Site) -> None:
    address = site.on("/feed", 429, headers={"Retry-After": "1800"})

    with pytest.raises(SourceRateLimited) as caught:
        http.get(address, now=NOW)

    assert caught.value.retry_at == NOW + timedelta(minutes=30)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, timedelta(minutes=15)),
        ("0", timedelta(seconds=1)),
        ("1", timedelta(seconds=1)),
        (" 90 ", timedelta(seconds=90)),
        ("86400", timedelta(days=1)),
        ("86401", timedelta(days=1)),
        ("9" * 400, timedelta(minutes=15)),
        ("9" * 5000, timedelta(minutes=15)),
        ("-5", timedelta(minutes=15)),
        ("²", timedelta(minutes=15)),
        ("soon", timedelta(minutes=15)),
        ("Sun, 29 Mar 2026 11:00:00 GMT", timedelta(hours=1)),
        ("Sun, 29 Mar 2026 11:00:00 -0000", timedelta(hours=1)),
        ("Sun, 29 Mar 2026 09:00:00 GMT", timedelta(seconds=1)),
        ("Sun, 29 Mar 2036 09:00:00 GMT", timedelta(days=1)),
        ("Sun, 99 Mar 2026 99:00:00 GMT", timedelta(minutes=15)),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date_and_never_past_a_day(
    value: str | None, wait: timedelta
) -> None:
    assert retry_after(value, NOW) == NOW + wait


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        # X: seconds since 1970; Bluesky too, under another name.
        ({"x-rate-limit-reset": "1774780200"}, timedelta(minutes=30)),
        ({"RateLimit-Reset": "1774780200"}, timedelta(minutes=30)),
        # Mastodon and Yelp: ISO 8601.
        ({"X-RateLimit-Reset": "2026-03-29T10:30:00.000000Z"}, timedelta(minutes=30)),
        ({"RateLimit-ResetTime": "2026-03-29T12:30:00+02:00"}, timedelta(minutes=30)),
        # Reddit and SurveyMonkey: seconds to go.
        ({"X-Ratelimit-Reset": "90.5"}, timedelta(seconds=90.5)),
        ({"X-Ratelimit-App-Global-Minute-Reset": "12"}, timedelta(seconds=12)),
        # What the standard header says comes first; what is no time says nothing.
        ({"Retry-After": "60", "X-RateLimit-Reset": "90"}, timedelta(seconds=60)),
        ({"X-RateLimit-Reset": "soon"}, timedelta(minutes=15)),
        ({"X-RateLimit-Reset": "-5"}, timedelta(minutes=15)),
        ({"x-rate-limit-reset": "4102444800"}, timedelta(days=1)),
        ({"x-rate-limit-reset": "999999999999"}, timedelta(minutes=15)),
        ({}, timedelta(minutes=15)),
    ],
)
def test_each_sites_own_reset_header_is_understood(
    headers: dict[str, str], wait: timedelta
) -> None:
    assert pause_until(headers, NOW) == NOW + wait


def test_an_overload_that_names_its_end_is_a_pause_and_not_tried_again(
    http: SourceHttp, site: Site
) -> None:
    address = site.on("/feed", 503, headers={"Retry-After": "1800"})

    with pytest.raises(SourceRateLimited) as caught:
        http.get(address, now=NOW)

    assert caught.value.retry_at == NOW + timedelta(minutes=30)
    assert len(site.asked) == 1


def test_json_and_forms_are_posted(http: SourceHttp, site: Site) -> None:
    said: list[tuple[str, str, bytes]] = []

    def listen(handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        kind = handler.headers["Content-Type"]
        said.append((handler.command, kind, handler.rfile.read(length)))
        handler.send_response(200)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")

    address = site.on_with("/token", listen)

    assert http.post(address, now=NOW, json={"a": 1}).body == b"ok"
    assert http.post(address, now=NOW, form={"a": "1 2"}).body == b"ok"
    assert said == [
        ("POST", "application/json", b'{"a": 1}'),
        ("POST", "application/x-www-form-urlencoded", b"a=1+2"),
    ]


def test_what_is_posted_goes_nowhere_else_and_is_not_posted_twice(
    http: SourceHttp, site: Site
) -> None:
    site.on("/there", body=b"here")
    moved = site.on("/moved", 307, headers={"Location": "/there"})
    broken = site.on("/broken", 500)

    with pytest.raises(SourceContractError):
        http.post(moved, now=NOW, form={"password": "hush"})
    with pytest.raises(SourceUnavailable):
        http.post(broken, now=NOW, form={"password": "hush"})

    assert [path for path, _ in site.asked] == ["/moved", "/broken"]


def test_a_source_may_say_itself_what_an_error_means(http: SourceHttp, site: Site) -> None:
    address = site.on("/feed", 403, body=b"quota")
    credits_gone = SourceCreditsError("no quota left", advice="Wait until tomorrow.")

    with pytest.raises(SourceCreditsError, match="no quota left"):
        http.get(address, now=NOW, explain=lambda answer, now: credits_gone)
    with pytest.raises(SourceAuthError):
        http.get(address, now=NOW, explain=lambda answer, now: None)


def test_redirects_are_followed_to_where_the_feed_lives_now(http: SourceHttp, site: Site) -> None:
    site.on("/new", body=b"here")
    site.on("/newer", 308, headers={"Location": "/new"})
    address = site.on("/old", 301, headers={"Location": "/newer"})

    answer = http.get(address, now=NOW)

    assert (answer.body, answer.url) == (b"here", site.root + "/new")


@pytest.mark.parametrize("location", ["/loop", ""])
def test_a_redirect_that_never_ends_is_given_up_after_three(
    http: SourceHttp, site: Site, location: str
) -> None:
    address = site.on("/loop", 302, headers={"Location": location})

    with pytest.raises(SourceContractError, match="redirects more than 3 times"):
        http.get(address, now=NOW)

    assert len(site.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "https://[::1",
        "https://inside.example:99999/",
        "ftp://inside.example/",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https://name:word@feeds.example/",
        "gopher:",
    ],
)
def test_a_redirect_to_a_wrong_place_is_refused(
    http: SourceHttp, site: Site, location: str
) -> None:
    address = site.on("/feed", 302, headers={"Location": location})

    with pytest.raises(SourceContractError):
        http.get(address, now=NOW)

    assert len(site.asked) == 1


def test_a_credential_does_not_travel_on_to_another_host(http: SourceHttp, site: Site) -> None:
    elsewhere = site.root.replace("127.0.0.1", "localhost") + "/there"
    site.on("/there", body=b"here")
    address = site.on("/feed", 302, headers={"Location": elsewhere})

    http.get(address, now=NOW, headers={"Authorization": "Bearer hush", "Accept": "text/csv"})

    assert site.asked[0][1]["authorization"] == "Bearer hush"
    assert "authorization" not in site.asked[1][1]
    assert site.asked[1][1]["accept"] == "text/csv"


def test_a_site_that_answers_too_late_is_unavailable(http: SourceHttp, site: Site) -> None:
    waiting = site.on_with("/slow", _hold)

    with pytest.raises(SourceUnavailable, match="does not answer"):
        http.get(waiting, now=NOW)


def _hold(handler: BaseHTTPRequestHandler) -> None:
    # Until the client hangs up.
    handler.connection.settimeout(5)
    handler.rfile.read(1)


def test_a_site_that_drips_is_given_up_after_its_time(site: Site) -> None:
    moments = iter([0.0, 1.0, BODY_SECONDS, BODY_SECONDS + 1, BODY_SECONDS + 2])
    http = SourceHttp(allow_loopback=True, stopwatch=lambda: next(moments))

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        for _ in range(4):
            handler.wfile.write(b"x" * 70_000)

    with pytest.raises(SourceUnavailable, match="more than 30 seconds"):
        http.get(site.on_with("/drip", drip), now=NOW)


def test_a_truncated_body_is_no_answer(http: SourceHttp, site: Site) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"<rss version='2.0'>")

    with pytest.raises(SourceUnavailable, match="does not answer"):
        http.get(site.on_with("/cut", cut), now=NOW)


def test_no_key_in_an_address_gets_into_a_log(
    http: SourceHttp, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    address = site.on_with("/reviews?api_token=hush", hang_up)

    with caplog.at_level("DEBUG"), pytest.raises(SourceUnavailable) as caught:
        http.get(address, now=NOW)

    assert len(site.asked) == 2
    assert "hush" not in f"{caplog.text} {caught.value} {caught.value.advice}"


def test_a_truncated_chunk_is_no_answer(http: SourceHttp, site: Site) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"ff\r\nonly this")

    with pytest.raises(SourceUnavailable, match="does not answer"):
        http.get(site.on_with("/cut", cut), now=NOW)


def test_chunks_are_put_together(http: SourceHttp, site: Site) -> None:
    def chunks(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")

    assert http.get(site.on_with("/chunks", chunks), now=NOW).body == b"hello world"


def test_a_compressed_body_is_unpacked(http: SourceHttp, site: Site) -> None:
    packed = gzip.compress(b"hello " * 50_000)
    address = site.on("/feed", body=packed, headers={"Content-Encoding": "gzip"})

    assert http.get(address, now=NOW).body == b"hello " * 50_000


def test_a_body_that_lies_about_its_packing_is_no_answer(http: SourceHttp, site: Site) -> None:
    address = site.on("/feed", body=b"plain", headers={"Content-Encoding": "gzip"})

    with pytest.raises(SourceUnavailable, match="does not answer"):
        http.get(address, now=NOW)


def test_a_body_of_the_largest_size_is_taken(http: SourceHttp, site: Site) -> None:
    address = site.on("/feed", body=b"x" * BODY_LIMIT)

    assert len(http.get(address, now=NOW).body) == BODY_LIMIT


def test_a_body_that_is_too_long_is_refused(http: SourceHttp, site: Site) -> None:
    address = site.on("/feed", body=b"x" * (BODY_LIMIT + 1))

    with pytest.raises(SourceContractError, match="more than 5 MB"):
        http.get(address, now=NOW)


def test_a_small_body_that_unpacks_into_a_large_one_is_refused(
    http: SourceHttp, site: Site
) -> None:
    bomb = gzip.compress(bytes(40 * 1024 * 1024), compresslevel=1)
    address = site.on("/feed", body=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(SourceContractError, match="more than 5 MB"):
        http.get(address, now=NOW)


def test_a_bomb_behind_a_redirect_is_refused_too(http: SourceHttp, site: Site) -> None:
    site.on("/new", body=b"here")
    bomb = gzip.compress(bytes(40 * 1024 * 1024), compresslevel=1)
    headers = {"Content-Encoding": "gzip", "Location": "/new"}
    address = site.on("/feed", 302, body=bomb, headers=headers)

    with pytest.raises(SourceContractError, match="more than 5 MB"):
        http.get(address, now=NOW)


def test_a_port_where_nobody_listens_is_unavailable(http: SourceHttp) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/feed"

        with pytest.raises(SourceUnavailable, match="does not answer"):
            http.get(address, now=NOW)


def test_what_is_no_http_is_unavailable(http: SourceHttp, site: Site) -> None:
    def greet(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-odd\r\n")

    address = site.on_with("/odd", greet)

    with pytest.raises(SourceUnavailable, match="does not answer"):
        http.get(address, now=NOW)


@pytest.mark.parametrize(
    "address",
    ["", "feed", "https://", "https:///feed", "https://[::1", "https://a.example:x/", "//a/b"],
)
def test_what_is_no_address_is_refused_with_one_sentence(http: SourceHttp, address: str) -> None:
    with pytest.raises(SourceContractError) as caught:
        http.get(address, now=NOW)

    assert caught.value.advice.endswith(".")
