"""What is wrong with a source is said in the reader's language, for every sentence sources say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.wording.trouble import FOLDER, LONGEST, in_words
from chalicelib.wording.words import languages, words_in

PULL = Path(__file__).parents[2] / "chalicelib" / "pull"
# What any source may say; what single sites say is in the files too, as far as they are known.
SHARED = (
    "http.py", "http_errors.py", "json_answer.py", "look.py", "newest_first.py",
    "published_csv.py", "rss.py", "imap_session.py", "google_errors.py", "google_login.py",
)  # fmt: skip
OTHERS = [language for language in languages() if language != "en"]
GERMAN, ENGLISH = words_in("de"), words_in("en")


def sentences_in(path: Path) -> Iterator[str]:
    """What a module says of trouble, with `x` where it fills something in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and any(one.arg == "advice" for one in node.keywords):
            advice = [one.value for one in node.keywords if one.arg == "advice"]
            for said in (*node.args[:1], *advice):
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield said.value
                elif isinstance(said, ast.JoinedStr):
                    parts = [
                        one.value if isinstance(one, ast.Constant) else "x" for one in said.values
                    ]
                    yield "".join(map(str, parts))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("module", SHARED)
def test_every_sentence_that_any_source_may_say_is_there(module: str, language: str) -> None:
    said = set(sentences_in(PULL / module))

    assert said
    assert {one for one in said if in_words(one, words_in(language)) == one} == set()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_both_sides_have_the_same_blanks_and_no_sentence_is_swallowed_by_another(
    path: Path,
) -> None:
    import tomllib

    said = tomllib.loads(path.read_text(encoding="utf-8"))["said"]
    blank = re.compile(r"\{\w+\}")

    for sentence, message in said.items():
        assert sorted(blank.findall(sentence)) == sorted(blank.findall(message)), sentence
        filled = blank.sub("shop.example", sentence)
        assert in_words(filled, words_in(path.stem)) == blank.sub("shop.example", message)


def test_what_a_source_fills_in_stays() -> None:
    said = in_words("feeds.example refuses access (403)", GERMAN)

    assert said == "feeds.example verweigert den Zugriff (403)"


def test_english_and_the_unknown_stay_as_they_are() -> None:
    assert in_words("feeds.example refuses access (403)", ENGLISH) == (
        "feeds.example refuses access (403)"
    )
    assert in_words("the moon is in the way", GERMAN) == "the moon is in the way"


@pytest.mark.parametrize("text", ["{host}", "{0}", "a{b}c {host.__class__}", "%s", "(?P<host>x)"])
def test_what_a_stranger_writes_is_filled_in_and_never_read_as_a_blank(text: str) -> None:
    assert in_words(f"{text} does not answer", GERMAN) == f"{text} antwortet nicht"


def test_no_text_takes_long() -> None:
    long = "sends " * 9_000

    assert in_words(long, GERMAN) == long
    assert in_words("a sends " + "b" * (LONGEST - 8), GERMAN).startswith("a schickt b")
