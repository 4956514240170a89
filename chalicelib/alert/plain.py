"""The plain text of the e-mail: the same content, for clients and readers without HTML."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.wording.quote import Quote
from chalicelib.wording.weeks import Bar
from chalicelib.wording.words import Words

WIDTH = 76
BAR_WIDTH = 24


def plain_text(shown: Mapping[str, Any]) -> str:
    """The text part, from what `message` gives to the HTML part."""
    words: Words = shown["words"]
    parts = [
        headed("", [shown["title"], "", shown["lead"], *_past(shown), shown["detail"]]),
        _numbers(shown),
        _bars(shown["bars"], words),
        _buttons(shown),
        _advice(shown),
        _gathered(shown),
        _quotes(shown),
        _draft(shown),
        "" if shown["is_over"] else headed(words.say("steady.title"), shown["steady"]),
        headed(words.say("told.title"), [*shown["who_knows"], *shown["dead"]]),
        headed(words.say("why.title"), shown["why"]),
        _foot(shown),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _past(shown: Mapping[str, Any]) -> list[str]:
    return [shown["words"].say("lead.past")] if shown["incident"].is_about_past else []


def _numbers(shown: Mapping[str, Any]) -> str:
    words, incident, lines = shown["words"], shown["incident"], []
    if shown["has_numbers"]:
        label = "numbers.then" if shown["is_over"] else "numbers.now"
        now = words.say("numbers.now_of", negative=incident.negative, of=incident.of)
        usual = words.say("numbers.usual_of", usual=shown["usual"], of=incident.of)
        lines = [f"{words.say(label)}: {now}", f"{words.say('numbers.usual')}: {usual}"]
    lines.append(words.say("numbers.since", moment=shown["since"]))
    return "\n".join([*lines, *filter(None, [shown["answer_by"]])])


def _buttons(shown: Mapping[str, Any]) -> str:
    if shown["is_over"] or not shown["is_open"]:
        return ""
    say, link = shown["say"], shown["link"]
    return f"{say('do.acknowledge')}: {link}#acknowledge\n{say('do.snooze')}: {link}#snooze"


def _gathered(shown: Mapping[str, Any]) -> str:
    if not shown["gathered"]:
        return ""
    title = shown["words"].count("gathered.title", shown["gathered_count"])
    return headed(title, [f"- {line}" for line in shown["gathered"]])


def _quotes(shown: Mapping[str, Any]) -> str:
    words: Words = shown["words"]
    if not shown["quotes"]:
        return ""
    if shown["is_over"]:
        return "\n".join(wrapped(words.say("mail.ask_outcomes")))
    quotes = [_quote(quote, shown) for quote in shown["quotes"]]
    if shown["quotes_left"]:
        quotes.append(f"{words.count('quote.more', shown['quotes_left'])} {shown['link']}")
    return "\n\n".join([titled(words.say("quote.title")), *quotes])


def _quote(quote: Quote, shown: Mapping[str, Any]) -> str:
    say = shown["say"]
    first = " ".join(filter(None, [quote.stars, quote.author]))
    lines = [first, " · ".join(filter(None, [quote.from_line, quote.order]))]
    lines += [f"> {line}" for line in wrapped(quote.text)] if quote.stretches else []
    lines += filter(None, [quote.remark, quote.emotion, quote.because])
    if quote.is_shortened:
        lines.append(f"{say('quote.shortened')} {shown['link']}")
    if quote.is_not_negative:
        lines.append(say("quote.not_negative"))
    if quote.url:
        lines.append(f"{say('quote.answer', host=quote.host)}: {quote.url}")
    if shown["is_open"]:
        lines.append(f"{say('do.not_negative')}: {shown['link']}#f-{quote.feedback_id}")
    return "\n".join(lines)


def _advice(shown: Mapping[str, Any]) -> str:
    if shown["is_over"] or not (shown["first_steps"] or shown["cause"]):
        return ""
    lines = list(shown["first_steps"])
    if shown["cause"]:
        lines.append(f"{shown['say']('cause.title')}: {shown['cause']}")
    return headed(shown["say"]("steps.title"), lines)


def _draft(shown: Mapping[str, Any]) -> str:
    if shown["is_over"]:
        return ""
    say = shown["say"]
    if not shown["draft"]:
        return headed(say("draft.none_title"), [say("draft.expert")] * shown["needs_expert"])
    lines = [f"| {line}" for line in wrapped(shown["draft"].text)]
    note = say("draft.note", author=shown["draft_to"])
    beside = ["", *wrapped(say("draft.beside"))] if shown["needs_expert"] else []
    return "\n".join([titled(say("draft.title")), *lines, *wrapped(note), *beside])


def _bars(bars: Sequence[Bar], words: Words) -> str:
    if not bars:
        return ""
    widest = max(len(bar.label) for bar in bars)
    shares = [words.say("weeks.bar", negative=bar.negative, n=bar.n) for bar in bars]
    room = max(len(share) for share in shares)
    lines = [
        f"{bar.label:>{widest}}  {share:>{room}}  {_ticks(bar)}".rstrip()
        for bar, share in zip(bars, shares, strict=True)
    ]
    return "\n".join([titled(words.say("weeks.title")), *lines])


def _ticks(bar: Bar) -> str:
    """As many signs as the bar is high; at least one where there is something."""
    return "#" * max(bar.negative > 0, round(bar.share * BAR_WIDTH))


def _foot(shown: Mapping[str, Any]) -> str:
    say = shown["say"]
    return "\n".join(
        [
            f"{say('do.open')}: {shown['link']}",
            f"{say('mail.unsubscribe')}: {shown['unsubscribe_link']}",
            say("mail.sent_for", business=shown["business_name"]),
        ]
    )


def headed(title: str, lines: Sequence[str]) -> str:
    """A title and its lines, wrapped; nothing without a line."""
    if not any(lines):
        return ""
    short = [part for line in lines for part in (wrapped(line) if line else [""])]
    text = "\n".join(short).strip()
    return f"{titled(title)}\n{text}" if title else text


def titled(title: str) -> str:
    """A title as plain text shows one."""
    return title.upper()


def wrapped(text: str) -> list[str]:
    """Lines of at most 76 characters; a long word stays whole, so that a link stays one."""
    return [
        short
        for line in text.split("\n")
        for short in textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        or [""]
    ]
