"""Signing in: the cookie, where a form came from, and the pages around the link in the mail.

The cookie is `__Host-heedful`: HttpOnly, Secure, SameSite=Strict, for the whole host, so that no
other site and no subdomain can plant or read it. On a loopback over plain http browsers refuse such
a cookie; there it is called `heedful` and is not Secure.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from chalicelib.domain.business import Business
from chalicelib.domain.session import SESSION_LIVES
from chalicelib.pages.actions import read_form
from chalicelib.pages.frame import render
from chalicelib.pages.unsubscribe import ADDRESS_LIMIT
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import DEFAULT_LANGUAGE, languages, words_in

COOKIE, LOOPBACK_COOKIE = "__Host-heedful", "heedful"
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
NAME_LIMIT = 60


def is_loopback(page_address: str) -> bool:
    """True where the pages answer on this very machine over plain http."""
    parts = urlsplit(page_address)
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def set_cookie(token: str, page_address: str) -> str:
    """The header that begins a session in a browser; an empty token ends it."""
    lives = int(SESSION_LIVES.total_seconds()) if token else 0
    rules = f"Path=/; Max-Age={lives}; HttpOnly; SameSite=Strict"
    if is_loopback(page_address):
        return f"{LOOPBACK_COOKIE}={token}; {rules}"
    return f"{COOKIE}={token}; {rules}; Secure"


def read_cookie(headers: Mapping[str, str], page_address: str) -> str:
    """The session's token in a request's `cookie` header, "" when there is none."""
    wanted = LOOPBACK_COOKIE if is_loopback(page_address) else COOKIE
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip(" \t").partition("=")
        if name == wanted:
            return value
    return ""


def comes_from_us(headers: Mapping[str, str]) -> bool:
    """True when one of our own pages sent this form (Fetch Metadata, else the Origin).

    A browser that tells neither is refused: it cannot be told from another site's form.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    return bool(origin.netloc) and origin.netloc == headers.get("host")


def came_over(headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    """True when the browser came here from elsewhere, so that it kept a strict cookie back.

    `again` marks the second try, for browsers that do not tell where they come from.
    """
    return headers.get("sec-fetch-site", "cross-site") not in ("same-origin", "none") and (
        "again" not in query
    )


def language_of(headers: Mapping[str, str]) -> str:
    """The first language a browser asks for that we speak."""
    for asked in headers.get("accept-language", "").split(",")[:20]:
        short = asked.strip().lower().partition(";")[0].partition("-")[0]
        if short in languages():
            return short
    return DEFAULT_LANGUAGE


def read_address(body: str) -> str:
    """The e-mail address that somebody typed; "" when there is none or it is too long."""
    address = read_form(body).get("email", "").strip()
    return address if len(address) <= ADDRESS_LIMIT else ""


def render_sign_in(business_id: str, *, language: str, is_asked: bool) -> str:
    """The question for an address, or the answer, which is always the same."""
    words = words_in(language)
    return render(
        "sign_in.html",
        words,
        title=words.say("sign_in.sent_title" if is_asked else "sign_in.title"),
        line=words.say("sign_in.sent" if is_asked else "sign_in.ask"),
        action=quote(business_id, safe=""),
        is_asked=is_asked,
    )


def render_link(business: Business, contact_name: str, language: str, *, action: str) -> str:
    """The page behind the link: one button, because mail scanners follow links and press none."""
    words = words_in(language)
    return render(
        "sign_in_link.html",
        words,
        title=words.say("sign_in.link_title", business=one_line(business.name, NAME_LIMIT)),
        line=words.say("sign_in.link", contact=one_line(contact_name, NAME_LIMIT)),
        action=action,
    )


def render_signed_out(message: str, *, language: str, again: str) -> str:
    """Why there is nothing to see (`sign_in.<message>`), and where to ask for a link, if known.

    `again` is the way from this page to the sign-in page, "" when nobody knows whose it would be.
    """
    words = words_in(language)
    return render(
        "signed_out.html",
        words,
        title=words.say(f"sign_in.{message}_title"),
        line=words.say(f"sign_in.{message}"),
        again=again,
    )


def render_step(target: str, *, language: str) -> str:
    """A page of ours that goes on by itself: from it the browser sends the cookie along."""
    words = words_in(language)
    return render("step.html", words, title=words.say("sign_in.step_title"), target=target)
