"""Take e-mail addresses, phone numbers and card numbers out of a text before it is queued.

Phone numbers are told from other digits by Google's rules (phonenumberslite), for the business's
own country and for every number that names its country. Card numbers are 13 to 19 digits in whole
groups, with a card's first digit and a check digit that fits (Luhn, ISO/IEC 7812); an expiry date
or a security code beside one does not hide it. What was there is marked, so that the sentence
still reads.
"""

import re

import phonenumbers

EMAIL_MARK, PHONE_MARK, CARD_MARK = "[e-mail]", "[phone]", "[card]"

# Each part has a bounded length and the parts share no characters at their seams: linear time.
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_DIGIT_GROUPS = re.compile(r"\d+(?:[ .-]\d+)*")
_GROUP = re.compile(r"\d+")
# Cards are printed in groups of three and more; 1 is airlines, 7 fuel, 8 and 9 books and telecoms.
_SHORTEST_GROUP, _CARD_LENGTHS, _CARD_STARTS = 3, range(13, 20), "23456"
_DIGITS = re.compile(r"\d")
_FEWEST_PHONE_DIGITS = 6


def redact(text: str, country: str) -> str:
    """The text with marks where addresses and numbers were. `country` is ISO 3166 (`DE`)."""
    if "@" in text:
        text = _EMAIL.sub(EMAIL_MARK, text)
    if len(_DIGITS.findall(text)) < _FEWEST_PHONE_DIGITS:
        return text
    text = _DIGIT_GROUPS.sub(lambda found: _without_cards(found.group()), text)
    return _without_phones(text, country)


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
        if len(number) in _CARD_LENGTHS and number[0] in _CARD_STARTS and _fits_luhn(number):
            found = place
    return found


def _fits_luhn(number: str) -> bool:
    digits = [int(char) for char in number]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _without_phones(text: str, country: str) -> str:
    matches = phonenumbers.PhoneNumberMatcher(
        text, country or None, leniency=phonenumbers.Leniency.VALID, max_tries=1_000
    )
    parts, end = [], 0
    for match in matches:
        parts += [text[end : match.start], PHONE_MARK]
        end = match.end
    return "".join([*parts, text[end:]])
