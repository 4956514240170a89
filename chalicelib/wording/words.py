"""The message catalogue: one folder per language, chosen per contact; a new language is a folder.
Each file of it holds the messages of one room of the house.

A message is found by its dotted name (`quote.no_text`). Where the number matters the name has the
forms `one` and `other`. What a language lacks is said in English.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

CATALOGUE = Path(__file__).parent / "catalogue"
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's messages, dates and numbers."""

    language: str
    messages: Mapping[str, str]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]

    def say(self, name: str, /, **values: object) -> str:
        """The message of that name with its blanks filled. Raises KeyError when there is none."""
        message = self.messages.get(name)
        if message is None and self.language != DEFAULT_LANGUAGE:
            return words_in(DEFAULT_LANGUAGE).say(name, **values)
        if message is None:
            raise KeyError(name)
        return message.format(**values)

    def count(self, name: str, number: int, /, **values: object) -> str:
        """The form of the message that fits the number, which fills the blank `n`."""
        form = "one" if number == 1 else "other"
        return self.say(f"{name}.{form}", n=number, **values)

    def knows(self, name: str) -> bool:
        """True when there is a message of that name here or in English."""
        return name in self.messages or name in words_in(DEFAULT_LANGUAGE).messages

    def label(self, kind: str, name: str) -> str:
        """What people call a topic, an emotion and so on; an owner's own topic calls itself."""
        full_name = f"{kind}.{name}"
        return self.say(full_name) if self.knows(full_name) else name.replace("_", " ")

    def number(self, value: float) -> str:
        """With at most one decimal, in the language's way: `2`, `2.5` or `2,5`."""
        text = f"{value:.1f}".removesuffix(".0")
        return text.replace(".", self.say("format.decimal_mark"))

    def average(self, value: float) -> str:
        """Always with one decimal: `4.0` is an average where `4` could be a count."""
        return f"{value:.1f}".replace(".", self.say("format.decimal_mark"))

    def day(self, day: date) -> str:
        """`Tue 10 Nov`."""
        return self.say(
            "format.day",
            weekday=self.weekdays[day.weekday()],
            day=day.day,
            month=self.months[day.month - 1],
        )

    def short_day(self, day: date) -> str:
        """`10 Nov`, for a narrow column."""
        month = self.months[day.month - 1]
        return self.say("format.short_day", day=day.day, month=month, month_number=day.month)

    def moment(self, moment: datetime, time_zone: str) -> str:
        """`Tue 10 Nov, 14:05` on the reader's wall."""
        local = moment.astimezone(ZoneInfo(time_zone))
        return self.say("format.moment", day=self.day(local.date()), time=f"{local:%H:%M}")

    def joined(self, parts: list[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say("format.last_joint", before=", ".join(parts[:-1]), last=parts[-1])


@cache
def words_in(language: str) -> Words:
    """The words of a language tag (`de`, `de-AT`), or English where we have none of it."""
    short = language.lower().replace("_", "-").partition("-")[0]
    if short not in languages():
        short = DEFAULT_LANGUAGE
    messages: dict[str, str] = {}
    calendar: Mapping[str, tuple[str, ...]] = {}
    for path in sorted((CATALOGUE / short).glob("*.toml")):
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
        calendar = tree.pop("calendar", calendar)
        messages |= _flat(tree)
    return Words(
        language=short,
        messages=messages,
        months=tuple(calendar["months"]),
        weekdays=tuple(calendar["weekdays"]),
    )


@cache
def languages() -> tuple[str, ...]:
    """The languages there is a catalogue of."""
    return tuple(sorted(folder.name for folder in CATALOGUE.iterdir() if folder.is_dir()))


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    messages: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            messages |= _flat(value, f"{prefix}{name}.")
        else:
            messages[f"{prefix}{name}"] = str(value)
    return messages
