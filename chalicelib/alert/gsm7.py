"""The alphabet of SMS: what fits into one segment of 160 signs (3GPP TS 23.038, GSM 7 bit).

One sign outside of it makes the whole message UCS-2 with 70 signs a segment, and dearer.
"""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These are sent as an escape and a sign: they count twice.
EXTENDED = frozenset("^{}\\[~]|€\f")
LOOKALIKES = str.maketrans(
    {
        "’": "'", "‘": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "−": "-", "…": "...", "\u00a0": " ", "•": "-", "×": "x",
        "ẞ": "SS", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE", "ı": "i",
    }
)  # fmt: skip
SEGMENT = 160


def septets(text: str) -> int:
    """How many of the 160 places the text takes. Raises ValueError on a sign outside."""
    total = 0
    for sign in text:
        if sign in BASIC:
            total += 1
        elif sign in EXTENDED:
            total += 2
        else:
            raise ValueError(f"not in the GSM-7 alphabet: {sign!r}")
    return total


def to_gsm7(text: str) -> str:
    """The text in the alphabet: look-alikes for what has one, letters without their marks; what
    has neither is left out."""
    signs = []
    for sign in text.translate(LOOKALIKES):
        if sign in BASIC or sign in EXTENDED:
            signs.append(sign)
            continue
        bare = unicodedata.normalize("NFKD", sign)
        signs += [letter for letter in bare if letter in BASIC]
    return " ".join("".join(signs).split())


def cut(text: str, places: int) -> str:
    """The beginning of the text that takes at most so many places; text is in the alphabet."""
    kept, total = [], 0
    for sign in text:
        total += septets(sign)
        if total > places:
            break
        kept.append(sign)
    return "".join(kept).rstrip()
