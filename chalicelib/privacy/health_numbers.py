"""Health-insurance numbers of six countries, told from order numbers by their check digits.

Each country's number has a form and an arithmetic of its own; a code that only looks like one is
left alone. Where the arithmetic is weak (one code in ten or eleven fits by chance) the number must
also be written as such numbers are written, belong to the business's country, or stand behind a
word that says what it is.
"""

import re
from collections.abc import Iterator
from datetime import date

# Each pattern has bounded parts that cannot trade characters with each other: linear time.
_GERMAN = re.compile(r"(?<![\w-])[A-Z](?: ?\d{3}){3}(?![\w-])")
_AUSTRIAN = re.compile(r"(?<![\w.,/-])\d{4}[ /-]?\d{2}[. ]?\d{2}[. ]?\d{2}(?![\w/-]|[.,]\d)")
_SWISS = re.compile(r"(?<![\w.])756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?![\w]|\.\d)")
_SWISS_CARD = re.compile(r"(?<!\w)80756[ .]?(?:\d{5}[ .]?){3}(?!\w)")
_BRITISH = re.compile(r"(?<![\w.,/-])\d{3}([ -]?)\d{3}\1\d{4}(?![\w/-]|[.,]\d)")
_FRENCH = re.compile(
    r"(?<!\w)[1-478][ .]?\d{2}[ .]?(?:0[1-9]|[1-4]\d|5[0-7]|[6-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?"
    r"\d{3}[ .]?\d{3}[ ./-]?\d{2}(?!\w)"
)
_AMERICAN = re.compile(
    r"(?<![\w-])[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?"
    r"[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}(?![\w-])"
)
# What stands directly behind one of these is such a number, whatever its arithmetic.
_NAMED = re.compile(
    r"(?:versicherten-?(?:nummer|nr\b\.?)|versicherungs-?(?:nummer|nr\b\.?)|krankenkassen-?nummer"
    r"|\bkvnr\b|\bsvnr\b|\b(?:sv|ahv)-?(?:nummer|nr\b\.?)|\bnhs (?:number|no\b\.?)"
    r"|health insurance (?:number|no\b\.?|id)|\b(?:member|subscriber) (?:id|number)"
    r"|\bmedicare (?:number|no\b\.?|id)|\bmedicaid (?:number|id)"
    r"|s[ée]curit[ée] sociale|num[ée]ro de s[ée]cu\b|\bnir\b|\bnss\b|\bno avs\b|\bnum[ée]ro avs\b)"
    r"[ :#.=]{0,4}(?:(?:is|was|ist|war|lautet|est|n°)[ :]{1,3})?"
    r"(?P<code>(?:[A-Z]{1,4}[ -]?)?\d(?:[ ./-]?\d){5,17}(?:[A-Z]{1,2}\d{0,4})?)(?!\w)",
    re.IGNORECASE,
)
# What stands directly behind one of these is the shop's own number of something.
ORDER_WORD = re.compile(
    r"\b(?:order|orders|booking|invoice|receipt|reservation|ticket|tracking|parcel|confirmation"
    r"|reference|ref|article|item|product|serial|batch|customer|voucher|ean|isbn|sku|iban"
    r"|bestellung|bestell|auftrag|auftrags|rechnung|rechnungs|buchung|buchungs|sendung|sendungs"
    r"|artikel|kunden|gutschein|kassenbon|bon|beleg|vorgang|vorgangs|charge|paket|reservierung"
    r"|commande|facture|colis|suivi|r[ée]servation|dossier|r[ée]f[ée]rence|client)"
    r"[ :#.-]{0,3}(?:(?:number|nummer|nr|no|num|id|code|num[ée]ro)\b|n°|№)?[ :#.°-]{0,3}"
    r"(?:(?:is|was|ist|war|lautet|est)[ :]{1,2})?$",
    re.IGNORECASE,
)
_LOOK_BACK = 48

Span = tuple[int, int]


def follows_order_word(text: str, start: int) -> bool:
    """Whether what begins at `start` is introduced as an order, an invoice and the like."""
    return ORDER_WORD.search(text, max(0, start - _LOOK_BACK), start) is not None


def find_health_numbers(text: str, country: str) -> Iterator[Span]:
    """Where they stand, in no order; spans may overlap. `country` is ISO 3166 (`DE`)."""
    for found in _NAMED.finditer(text):
        yield found.span("code")
    for found in _SWISS_CARD.finditer(text):
        yield found.start(), found.start() + len(found.group().rstrip(" ."))
    for pattern, fits in (
        (_GERMAN, is_german),
        (_SWISS, is_swiss),
        (_FRENCH, is_french),
        (_AMERICAN, lambda _: True),
    ):
        for found in pattern.finditer(text):
            if fits(found.group()) and not follows_order_word(text, found.start()):
                yield found.span()
    # Only a shop at home sees numbers whose arithmetic so many others fit by chance.
    for home, pattern, fits in (("AT", _AUSTRIAN, is_austrian), ("GB", _BRITISH, is_british)):
        for found in pattern.finditer(text) if country == home else ():
            # A British number without gaps is more often the shop's own.
            is_written_so = home == "AT" or found.group(1)
            is_named = follows_order_word(text, found.start())
            if is_written_so and fits(found.group()) and not is_named:
                yield found.span()


def _digits(code: str) -> list[int]:
    return [int(sign) for sign in code if sign.isdecimal()]


def is_german(code: str) -> bool:
    """Krankenversichertennummer (§ 290 SGB V): the letter as two digits, weights 1 and 2 in turn,
    digits of the products summed, modulo 10."""
    letter = ord(code[0].upper()) - ord("A") + 1
    digits = [letter // 10, letter % 10, *_digits(code)]
    body, check = digits[:-1], digits[-1]
    products = [digit * (1 + place % 2) for place, digit in enumerate(body)]
    return sum(product // 10 + product % 10 for product in products) % 10 == check


def is_austrian(code: str) -> bool:
    """Sozialversicherungsnummer: the fourth digit is the weighted sum modulo 11, the last six are
    a date of birth."""
    digits = _digits(code)
    weights = (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)
    total = sum(digit * weight for digit, weight in zip(digits, weights, strict=True))
    day, month = digits[4] * 10 + digits[5], digits[6] * 10 + digits[7]
    # Who has no known date of birth, or shares a number, gets a month of 13 to 15.
    is_date = 1 <= month <= 15 and 1 <= day <= _days_in(month)
    return digits[0] != 0 and total % 11 == digits[3] and is_date


def _days_in(month: int) -> int:
    if month >= 12:
        return 31
    return (date(2024, month + 1, 1) - date(2024, month, 1)).days


def is_swiss(code: str) -> bool:
    """AHV number: thirteen digits that begin with the country's 756, with the check of an EAN."""
    *body, check = _digits(code)
    total = sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return (10 - total % 10) % 10 == check


def is_british(code: str) -> bool:
    """NHS number: weights 10 down to 2, modulo 11."""
    *body, check = _digits(code)
    rest = 11 - sum(digit * (10 - place) for place, digit in enumerate(body)) % 11
    return rest % 11 == check and rest != 10


def is_french(code: str) -> bool:
    """NIR: thirteen digits and their key, 97 minus the number modulo 97 (2A and 2B of Corsica
    count as 19 and 18)."""
    signs = re.sub(r"[ ./-]", "", code).replace("2A", "19").replace("2B", "18")
    return 97 - int(signs[:13]) % 97 == int(signs[13:])
