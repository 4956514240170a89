"""Signing in: the cookie, where a form came from, and in whose language a stranger is met."""

import pytest

from chalicelib.pages.sign_in import (
    came_over,
    comes_from_us,
    language_of,
    read_address,
    read_cookie,
    render_link,
    render_sign_in,
    render_step,
    set_cookie,
)
from tests.house import BAKERY

HOST = "heedful.example"


@pytest.mark.parametrize("address", ["https://heedful.example/api", "", "http://heedful.example"])
def test_everywhere_but_on_a_loopback_the_cookie_is_secure_and_host_bound(address: str) -> None:
    cookie = set_cookie("abc", address)

    assert cookie == "__Host-heedful=abc; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_on_a_loopback_without_tls_browsers_would_refuse_a_secure_cookie(address: str) -> None:
    cookie = set_cookie("abc", address)

    assert cookie == "heedful=abc; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"
    assert read_cookie({"cookie": "a=b; heedful=abc"}, address) == "abc"


def test_a_loopback_over_tls_is_like_everywhere() -> None:
    assert set_cookie("abc", "https://127.0.0.1:8000").startswith("__Host-")


@pytest.mark.parametrize(
    ("sent", "token"),
    [
        ("__Host-heedful=abc", "abc"),
        ("other=1; __Host-heedful=abc; more=2", "abc"),
        ("__Host-heedful=a=b", "a=b"),
        ("__host-heedful=abc", ""),
        ("heedful=abc", ""),
        ("", ""),
        (";;=;", ""),
    ],
)
def test_the_cookie_is_found_by_its_whole_name(sent: str, token: str) -> None:
    assert read_cookie({"cookie": sent}, "") == token


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": f"https://{HOST}"}, False),
        ({"origin": f"https://{HOST}"}, True),
        ({"origin": f"https://{HOST}.evil.example"}, False),
        ({"origin": f"https://{HOST}:444"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"referer": f"https://{HOST}/o/today"}, False),
        ({}, False),
    ],
)
def test_a_form_is_ours_when_the_browser_says_so(headers: dict[str, str], is_ours: bool) -> None:
    assert comes_from_us({"host": HOST, **headers}) is is_ours


def test_without_a_host_no_form_is_ours() -> None:
    assert not comes_from_us({"origin": ""})
    assert not comes_from_us({"origin": "null"})


@pytest.mark.parametrize(
    ("site", "query", "is_over"),
    [
        ("cross-site", {}, True),
        ("same-site", {}, True),
        (None, {}, True),
        ("same-origin", {}, False),
        ("none", {}, False),
        ("cross-site", {"again": "1"}, False),
        (None, {"again": "1"}, False),
    ],
)
def test_who_comes_from_elsewhere_is_led_on_once(
    site: str | None, query: dict[str, str], is_over: bool
) -> None:
    assert came_over({"sec-fetch-site": site} if site else {}, query) is is_over


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr, de", "de"),
        ("fr", "en"),
        ("", "en"),
        ("EN-us", "en"),
        (",;=" * 1_000, "en"),
    ],
)
def test_a_stranger_is_met_in_the_first_language_that_we_speak(asked: str, language: str) -> None:
    assert language_of({"accept-language": asked}) == language


def test_an_address_that_is_too_long_is_none() -> None:
    assert read_address("email=rosa%40shop.example") == "rosa@shop.example"
    assert read_address(f"email={'a' * 300}%40shop.example") == ""
    assert read_address("name=rosa") == ""


def test_what_stands_in_an_address_becomes_no_markup() -> None:
    assert "<script" not in render_sign_in('"><script>', language="en", is_asked=False)
    assert "<script" not in render_link(BAKERY, "<script>", "en", action='"><script>')
    assert "<script" not in render_step('?a="><script>', language="de")
