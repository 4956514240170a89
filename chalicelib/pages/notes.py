"""Pages that only say something: a link that has run out, a link with nothing behind it."""

from chalicelib.pages.frame import render
from chalicelib.wording.words import words_in


def render_expired_page(language: str) -> str:
    """The link was good once."""
    return _note("expired", language)


def render_unknown_page(language: str) -> str:
    """Nothing is known of this link; never says whether there was anything."""
    return _note("unknown", language)


def _note(name: str, language: str) -> str:
    words = words_in(language)
    return render(
        "note.html",
        words,
        title=words.say(f"link.{name}_title"),
        business_name="",
        lines=[words.say(f"link.{name}")],
    )
