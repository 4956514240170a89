"""The headers: the style sheet's own hash and nothing else may load."""

import base64
import hashlib
import re

from chalicelib.pages.headers import PAGE_HEADERS
from chalicelib.pages.incident import render_incident_page
from chalicelib.pages.notes import render_expired_page, render_unknown_page
from tests.alert.samples import ANNA, NOW, a_briefing


def policy() -> dict[str, str]:
    """The content security policy by directive."""
    parts = PAGE_HEADERS["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}


def test_nothing_may_load_frame_or_post_elsewhere() -> None:
    found = policy()

    assert found["default-src"] == "'none'"
    assert found["frame-ancestors"] == "'none'"
    assert found["base-uri"] == "'none'"
    assert found["form-action"] == "'self'"
    assert "unsafe" not in PAGE_HEADERS["Content-Security-Policy"]


def test_the_one_style_sheet_on_each_page_is_the_one_that_is_allowed() -> None:
    pages = [
        render_incident_page(a_briefing(), contact=ANNA, action="/i/x", now=NOW),
        render_expired_page("de"),
        render_unknown_page("en"),
    ]

    for page in pages:
        styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
        hashes = [
            base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles
        ]
        assert [f"'sha256-{one}'" for one in hashes] == [policy()["style-src"]]


def test_nothing_is_kept_indexed_sniffed_or_passed_on() -> None:
    assert PAGE_HEADERS["Cache-Control"] == "no-store"
    assert PAGE_HEADERS["Referrer-Policy"] == "no-referrer"
    assert PAGE_HEADERS["X-Content-Type-Options"] == "nosniff"
    assert PAGE_HEADERS["X-Robots-Tag"] == "noindex, nofollow"
    assert PAGE_HEADERS["Content-Type"] == "text/html; charset=utf-8"


def test_a_link_without_anything_behind_says_the_same_whatever_it_was() -> None:
    assert "nothing behind this link" in render_unknown_page("en")
    assert "<form" not in render_unknown_page("en")


def test_a_link_that_ran_out_says_for_how_long_links_work() -> None:
    assert "30 Tage" in render_expired_page("de")
    assert "30 days" in render_expired_page("xx")
