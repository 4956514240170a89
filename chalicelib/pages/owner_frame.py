"""The frame of the owner's pages: whose shop, who looks, the way to every other page.

A page's template begins with `{% extends "owner_frame.html" %}` and fills the block `content`; the
frame shows the heading and the notice. Links to other pages are `{{ root }}cases`, never with a
leading slash: behind API Gateway all pages lie one folder deeper than on the loopback. No `style`
attribute works, the headers allow only the sheet: a page that needs rules of its own puts them in
`templates/owner-<page>.css`.
"""

import base64
import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from markupsafe import Markup

from chalicelib.domain.business import Business
from chalicelib.domain.session import Visitor
from chalicelib.pages.frame import STYLE, TEMPLATES, render
from chalicelib.pages.headers import CONTENT_SECURITY_POLICY, PAGE_HEADERS
from chalicelib.wording.clean import one_line
from chalicelib.wording.words import Words, words_in

# What is always in sight, and what opens with "More". A page is named as in its address.
TABS = ("today", "incidents", "cases")
MORE: tuple[str, ...] = (
    "journey",
    "empathy-map",
    "blueprint",
    "improvements",
    "coaching",
    "voices",
    "metrics",
    "customers",
    "privacy",
)
NAME_LIMIT = 60

OWNER_STYLE = STYLE + "".join(
    path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("owner*.css"))
)


def _hash_of(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


# Where no address holds a token a form may tell our own origin where it comes from: that is how
# a POST proves that one of our pages sent it.
OWNER_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        **PAGE_HEADERS,
        "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace(
            _hash_of(STYLE), _hash_of(OWNER_STYLE)
        ),
        "Referrer-Policy": "same-origin",
    }
)


def render_owner(
    template: str,
    words: Words,
    visitor: Visitor,
    business: Business,
    *,
    here: str,
    title: str,
    notice: str = "",
    **shown: object,
) -> str:
    """One of the owner's pages, in the visitor's language.

    `here` is its address below `/o/` (`metrics`, `customers/9f2c`). In the template: `visitor`,
    `root` (what leads a link to another page, `{{ root }}cases/9f2c`), `say`, `words`, and `shown`.
    """
    return render(
        template,
        words,
        **{
            # Our own files, and the headers allow nothing but them.
            "style": Markup(OWNER_STYLE),  # noqa: S704
            "visitor": visitor,
            "business_name": one_line(business.name, NAME_LIMIT),
            "root": "../" * here.count("/"),
            "here_page": here.partition("/")[0],
            "tabs": TABS,
            "more": MORE,
            "title": title,
            "notice": notice,
            **shown,
        },
    )


def notice_of(query: Mapping[str, str], words: Words, **values: object) -> str:
    """What was just done, for the page that a form led to: its address names the message."""
    name = f"notice.{query.get('notice', '')}"
    return words.say(name, **values) if words.knows(name) else ""


def render_missing(visitor: Visitor, business: Business, *, here: str, line: str = "line") -> str:
    """There is no such page or thing; `line` is the message that says so (`missing.<line>`)."""
    words = words_in(visitor.language)
    return render_owner(
        "missing.html",
        words,
        visitor,
        business,
        here=here,
        title=words.say("missing.title"),
        line=words.say(f"missing.{line}"),
    )
