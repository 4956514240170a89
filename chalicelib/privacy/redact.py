"""Take e-mail addresses, phone, card and health-insurance numbers out of a text before it is
queued.

Phone numbers are told from other digits by Google's rules (phonenumberslite), for the business's
own country and for every number that names its country. Card numbers are 13 to 19 digits in whole
groups, with a card's first digit and a check digit that fits (Luhn, ISO/IEC 7812); an expiry date
or a security code beside one does not hide it. What was there is marked, so that the sentence
still reads. `python -m proofs.redaction` measures it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import phonenumbers

from chalicelib.privacy.health_numbers import Span, find_health_numbers, follows_order_word

EMAIL_MARK, PHONE_MARK, CARD_MARK = "[e-mail]", "[phone]", "[card]"
HEALTH_MARK = "[insurance number]"

# Each part has a bounded length and the parts share no characters at their seams: linear time.
_EMAIL = re.compile(r"\w[\w.+%'-]{0,63}[@＠﹫](?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
# With gaps around the sign only where no sentence looks so; and as people write against robots.
_GAPPED_EMAIL = re.compile(r"\w[\w.+%-]{0,63} ?@ ?(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b")
_AT = r" ?[\[({] ?(?:at|ät|arobase|@) ?[\])}] ?"
_DOT = r"(?:\.| ?[\[({] ?(?:dot|punkt|point|\.) ?[\])}] ?| (?:dot|punkt|point) )"
_SPELLED_EMAIL = re.compile(
    rf"\w[\w.+%-]{{0,63}}(?:{_AT}(?:[\w-]{{1,63}}{_DOT}){{1,4}}"
    r"| (?:at|ät|arobase) (?:[\w-]{1,63} (?:dot|punkt|point) ){1,4})[A-Za-z]{2,24}\b",
    re.IGNORECASE,
)
_SAID_AT = re.compile(
    r" ?[\[({]? ?\b(?:at|ät|arobase)\b ?[\])}]? ?| ?[\[({]? ?[@＠﹫] ?[\])}]? ?", re.I
)
_SAID_DOT = re.compile(
    r" ?[\[({]? ?\b(?:dot|punkt|point)\b ?[\])}]? ?| ?[\[({] ?\. ?[\])}] ?", re.I
)
_DIGIT_GROUPS = re.compile(r"\d+(?:[ .-]\d+)*")
_GROUP = re.compile(r"\d+")
# Cards are printed in groups of three and more.
_SHORTEST_GROUP, _CARD_LENGTHS = 3, range(13, 20)
# First digits and the numbers of digits that go with them: a serial number, a parcel or an order
# that fits the check digit by chance (one in ten does) begins like none of these.
_CARDS = (
    (re.compile(r"4"), {13, 16, 18, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"30[0-5]|3095|3[689]"), {14, 16}),
    (re.compile(r"35(?:2[89]|[3-8])"), {16}),
    (re.compile(r"6"), {16, 18, 19}),
    (re.compile(r"50|5[6-9]"), {16, 18, 19}),
)
_DIGITS = re.compile(r"\d")
# A health-insurance number may have fewer digits than any phone number that is one.
_FEWEST_DIGITS = 5
# Some countries write a 0 before every number at home, and none at the start of much else.
_WITH_TRUNK = re.compile(r"(?<![\w+.,/-])0[1-9]\d{0,10}(?:[ ./-]\d{2,8}){0,5}(?![\w/-]|[.,]\d)")
_WITH_COUNTRY = re.compile(
    r"(?<![\w+])(?<!\d )(?:\+|00)[1-9]\d{1,12}(?:[ .-]\d{1,8}){0,6}(?![\w/-]|[.,]\d)"
)
_TRUNK_DIGITS = range(10, 13)
_DATE = re.compile(r"(?<!\d)\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A text without what must not be kept, and whose it was: addresses in small letters, phone
    numbers in the international form (`+493023125123`). Only their keyed hashes are ever stored."""

    text: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


def redact(text: str, country: str) -> str:
    """The text with marks where addresses and numbers were. `country` is ISO 3166 (`DE`)."""
    return take_out(text, country).text


def take_out(text: str, country: str) -> Redacted:
    """The same, with what was taken out of it."""
    text, emails = _without_emails(text)
    if len(_DIGITS.findall(text)) < _FEWEST_DIGITS:
        return Redacted(text=text, emails=emails)
    text = _marked(text, find_health_numbers(text, country), HEALTH_MARK)
    text = _DIGIT_GROUPS.sub(lambda found: _without_cards(found.group()), text)
    text, phones = _without_phones(text, country)
    return Redacted(text=text, emails=emails, phones=phones)


def plain_email(written: str) -> str:
    """An address as it is compared: small letters, signs for words, without gaps."""
    text = _SAID_DOT.sub(".", _SAID_AT.sub("@", written.strip()))
    return text.replace(" ", "").casefold()


def plain_phone(written: str, country: str) -> str | None:
    """A number in the international form, or None when it is none in that country."""
    try:
        number = phonenumbers.parse(written, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _marked(text: str, spans: Iterable[Span], mark: str) -> str:
    """The mark in place of each span; of spans that overlap the one that begins first."""
    parts, end = [], 0
    for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end:
            parts += [text[end:start], mark]
            end = stop
    return "".join([*parts, text[end:]])


def _without_emails(text: str) -> tuple[str, tuple[str, ...]]:
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        found.append(plain_email(match.group()))
        return EMAIL_MARK

    if any(sign in text for sign in "@＠﹫"):
        text = _EMAIL.sub(take, text)
        text = _GAPPED_EMAIL.sub(take, text)
    return _SPELLED_EMAIL.sub(take, text), tuple(dict.fromkeys(found))


def _without_cards(digits: str) -> str:
    if len(digits) < _CARD_LENGTHS.start:
        return digits
    groups = list(_GROUP.finditer(digits))
    parts, place, first = [], 0, 0
    while first < len(groups):
        last = _card_end(groups, first)
        if last is not None:
            parts += [digits[place : groups[first].start()], CARD_MARK]
            place, first = groups[last].end(), last
        first += 1
    return "".join([*parts, digits[place:]])


def _card_end(groups: list[re.Match[str]], first: int) -> int | None:
    # The last group of the longest card number that begins with this group.
    number, found = "", None
    for place in range(first, len(groups)):
        number += groups[place].group()
        if len(groups[place].group()) < _SHORTEST_GROUP or len(number) >= _CARD_LENGTHS.stop:
            break
        if len(number) in _CARD_LENGTHS and _begins_like_a_card(number) and _fits_luhn(number):
            found = place
    return found


def _begins_like_a_card(number: str) -> bool:
    return any(len(number) in lengths and first.match(number) for first, lengths in _CARDS)


def _fits_luhn(number: str) -> bool:
    digits = [int(char) for char in number]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _without_phones(text: str, country: str) -> tuple[str, tuple[str, ...]]:
    spans, found = [], []
    matches = phonenumbers.PhoneNumberMatcher(
        text, country or None, leniency=phonenumbers.Leniency.VALID, max_tries=1_000
    )
    for match in matches:
        start = match.start
        if text[start] == "(" and ")" not in match.raw_string:
            start += 1
        is_date = _DATE.fullmatch(text, start, match.end) is not None
        if text[start] == "+" or not (is_date or follows_order_word(text, start)):
            spans.append((start, match.end))
            number = match.number
            found.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    for span in _unlisted_phones(text, country):
        plain = plain_phone(text[span[0] : span[1]], country)
        if plain is not None and not any(start < span[1] and span[0] < end for start, end in spans):
            spans.append(span)
            found.append(plain)
    return _marked(text, spans, PHONE_MARK), tuple(dict.fromkeys(found))


def _unlisted_phones(text: str, country: str) -> Iterator[Span]:
    """Numbers of blocks that nobody we know of was given yet, where they are written as such."""
    for match in _WITH_COUNTRY.finditer(text):
        if match.group()[0] == "+" or not follows_order_word(text, match.start()):
            yield match.span()
    if phonenumbers.ndd_prefix_for_region(country, True) != "0":
        return
    for match in _WITH_TRUNK.finditer(text):
        is_long = len(_DIGITS.findall(match.group())) in _TRUNK_DIGITS
        is_date = _DATE.search(match.group()) is not None
        if is_long and not is_date and not follows_order_word(text, match.start()):
            yield match.span()
