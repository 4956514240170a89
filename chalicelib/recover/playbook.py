"""The playbook: one file per language with first steps by emotion and topic, and reply sentences.

Plain files, so that an owner or a technician can read, change and translate them.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.sentiment import CriticalKind, Emotion
from chalicelib.domain.tone import Promise, Tone

FILES = Path(__file__).parent / "playbook"
DEFAULT_LANGUAGE = "en"
# What to assume where no emotion is read: it fits most complaints and hurts in none.
DEFAULT_EMOTION = Emotion.DISAPPOINTMENT
OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """One language's playbook. `careful` finds words after which no draft is offered, `promising`
    those that promise something."""

    language: str
    tree: Mapping[str, Any]
    careful: re.Pattern[str]
    promising: Mapping[Promise, re.Pattern[str]]

    def stance(self, emotion: Emotion | None) -> str:
        """How to meet this emotion, in a sentence."""
        return str(self.tree[emotion or DEFAULT_EMOTION]["stance"])

    def first_step(self, emotion: Emotion | None, topic: str | None) -> str:
        """What to do first about this topic when it leaves that emotion."""
        steps = self.tree[emotion or DEFAULT_EMOTION]["first"]
        return str(steps.get(topic or OTHER, steps[OTHER]))

    def critical_steps(self, kind: CriticalKind) -> tuple[str, ...]:
        """What to do at once about a critical matter."""
        return tuple(self.tree["critical"][kind])

    def reply(self, part: str, name: str, tone: Tone = Tone.PLAIN) -> str:
        """A sentence of a draft reply in that tone, where a tone has its own; a topic of the
        owner's own gets the general one."""
        of_tone = self.tree["reply"].get(tone, {})
        sentences = of_tone.get(part) or self.tree["reply"][part]
        return str(sentences[name if name in sentences else OTHER])

    def fitting_promises(self, topic: str) -> tuple[Promise, ...]:
        """What may be offered about a topic, the nearest first."""
        return tuple(Promise(one) for one in self.reply("fitting", topic).split())

    def promises_in(self, text: str) -> frozenset[Promise]:
        """What a text promises, by its words."""
        return frozenset(one for one, words in self.promising.items() if words.search(text))


@cache
def playbook_in(language: str | None) -> Playbook | None:
    """The playbook of a language tag (`de`, `de-AT`), or None where there is none."""
    short = (language or "").lower().replace("_", "-").partition("-")[0]
    if short not in playbook_languages():
        return None
    with (FILES / f"{short}.toml").open("rb") as file:
        tree = tomllib.load(file)
    return Playbook(
        language=short,
        tree=tree,
        careful=_pattern(tree["careful"]["words"]),
        promising={one: _pattern(tree["promising"][one]) for one in Promise},
    )


def playbook_for(language: str) -> Playbook:
    """The playbook for a reader: the reader's language, else English."""
    book = playbook_in(language) or playbook_in(DEFAULT_LANGUAGE)
    if book is None:
        raise FileNotFoundError(FILES / f"{DEFAULT_LANGUAGE}.toml")
    return book


@cache
def playbook_languages() -> tuple[str, ...]:
    """The languages there is a playbook of."""
    return tuple(sorted(file.stem for file in FILES.glob("*.toml")))


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Whole words; a star at the end stands for any ending."""
    parts = [
        re.escape(word.removesuffix("*")) + (r"\w*" if word[-1] == "*" else "") for word in words
    ]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", re.IGNORECASE)
