"""Take e-mail addresses, phone numbers and card numbers out of a text before it is queued.

Phone numbers are told from other digits by Google's rules (phonenumberslite), for the business's
own country and for every number that names its country. Card numbers are those whose check digit
fits (Luhn, ISO/IEC 7812). What was there is marked, so that the sentence still reads.
"""

import re

import phonenumbers

EMAIL_MARK, PHONE_MARK, CARD_MARK = "[e-mail]", "[phone]", "[card]"

# Each part has a bounded length and the parts share no characters at their seams: linear time.
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_DIGITS = re.compile(r"\d")
_FEWEST_PHONE_DIGITS = 6


def redact(text: str, country: str) -> str:
    """The text with marks where addresses and numbers were. `country` is ISO 3166 (`DE`)."""
    if "@" in text:
        text = _EMAIL.sub(EMAIL_MARK, text)
    if len(_DIGITS.findall(text)) < _FEWEST_PHONE_DIGITS:
        return text
    text = _CARD.sub(lambda found: CARD_MARK if _fits_luhn(found.group()) else found.group(), text)
    return _without_phones(text, country)


def _fits_luhn(number: str) -> bool:
    digits = [int(char) for char in number if char.isdigit()]
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
