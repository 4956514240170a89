"""Hostile text: nothing that acts, nothing to tap, and every letter of honest text kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wording.clean import clean, host_of, one_line, safe_url, without_links

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("sign", [*BIDI, "\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\ufeff"])
def test_what_acts_on_a_screen_is_taken_out(sign: str) -> None:
    assert clean(f"a{sign}b") == "ab"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"])
def test_every_kind_of_line_end_becomes_one(end: str) -> None:
    assert clean(f"a{end}b") == "a\nb"


@pytest.mark.parametrize(
    "text",
    [
        "Zwölf Brötchen, kalt!",
        "お店の人が",
        "لم يعتذر أحد",
        "می‌خواهم",
        "👨‍👩‍👧‍👦 🏳️‍🌈",
        "naïve e\u0301clair",
        "a\n\nb",
        "हिन्दी",
    ],
)
def test_honest_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_a_tower_of_marks_is_cut_down() -> None:
    tower = "Z" + "\u0335" * 40 + "a"

    assert clean(tower) == "Z" + "\u0335" * 3 + "a"


def test_empty_lines_do_not_pile_up() -> None:
    assert clean("a" + "\n \n" * 500 + "b") == "a\n\nb"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    controls = {sign for sign in once if unicodedata.category(sign) == "Cc"}
    assert controls <= {"\n", "\t"}


@given(st.text(), st.integers(min_value=1, max_value=200))
def test_one_line_is_one_line_of_at_most_the_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_a_cut_line_says_so() -> None:
    assert one_line("a very long name", 8) == "a very…"


@pytest.mark.parametrize(
    "text",
    [
        "see http://evil.example/x",
        "see https://evil.example",
        "see evil.example/login",
        "write to me@evil.example",
        "www.evil.example",
        "javascript:alert(1)",
        "mailto:me@evil.example",
    ],
)
def test_nothing_is_left_that_a_mail_program_would_make_a_link_of(text: str) -> None:
    shown = without_links(text)

    assert "evil.example" not in shown
    assert "://" not in shown
    assert "javascript:alert" not in shown
    assert shown.replace("\u200b", "") == text


@pytest.mark.parametrize(
    "text",
    ["It was 3.5 stars. Not 4.", "At 10:30 we left.", "Never again! :)", "I... well", "z. B."],
)
def test_plain_sentences_are_not_touched(text: str) -> None:
    assert without_links(text) == text


@pytest.mark.parametrize(
    "url",
    [
        "https://reviews.example/linden/1?x=1&y=2#z",
        "https://www.google.com/maps/reviews/@52.5,13.4",
    ],
)
def test_a_plain_https_address_may_be_linked(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "http://reviews.example/",
        "//reviews.example/",
        "data:text/html,hi",
        "https://user:secret@reviews.example/",
        "https://reviews.example:8443/",
        "https://reviews.example:99999999/",
        "https://[::1]/",
        "https://127.0.0.1 /",
        "https://reviews.example/\r\nBcc: x",
        'https://reviews.example/"onclick="x',
        "https://reviews.example/<script>",
        "https://rеviews.example/",
        "https://-bad.example/",
        "https:///path",
        "https://reviews.example/" + "a" * 2_000,
    ],
)
def test_any_other_address_is_not_linked(url: str | None) -> None:
    assert safe_url(url) is None


def test_a_site_is_named_without_www() -> None:
    assert host_of("https://www.reviews.example/x") == "reviews.example"
