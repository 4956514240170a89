"""How a business speaks to its customers, and what it lets a reply promise."""

from enum import StrEnum


class Tone(StrEnum):
    """The three settings of `tone` in heedful.toml."""

    WARM = "warm"
    PLAIN = "plain"
    FORMAL = "formal"


class Promise(StrEnum):
    """What a reply may offer when the owner lists it in `promises`, and never otherwise."""

    REFUND = "refund"
    REPLACEMENT = "replacement"
    SECOND_TRY = "second_try"
    VOUCHER = "voucher"
    CALL = "call"
