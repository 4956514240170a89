"""Receipts of erasures as rows, and back."""

from typing import Any

from chalicelib.domain.forgetting import Receipt
from chalicelib.store import keys
from chalicelib.store.attributes import Row, make_row, plain_of
from chalicelib.store.names import SHORT_NAMES
from chalicelib.store.shapes import from_plain, to_plain


def receipt_row(receipt: Receipt) -> Row:
    """A receipt; it holds keyed hashes and counts, and is kept."""
    plain: dict[str, Any] = to_plain(receipt, Receipt, SHORT_NAMES)
    return make_row(keys.erasure_key(receipt.business_id, receipt.receipt_id), plain)


def receipt_from(row: Row) -> Receipt:
    """What `receipt_row` wrote."""
    receipt: Receipt = from_plain(plain_of(row), Receipt, SHORT_NAMES)
    return receipt
