"""How every page is rendered: one frame, one style sheet, escaping always on."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chalicelib.wording.words import Words

TEMPLATES = Path(__file__).parent / "templates"
STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")


def render(template: str, words: Words, **shown: object) -> str:
    """The template's page in one language."""
    # The only text that is not escaped: our own file, and the headers allow nothing but it.
    own = {"mood": "", "style": Markup(STYLE)}  # noqa: S704
    page = _environment().get_template(template)
    return page.render(words=words, say=words.say, **{**own, **shown})


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
