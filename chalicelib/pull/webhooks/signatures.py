"""Proving who sent a webhook, over the raw bytes (contracts B.0).

Our own verifiers work on bytes and have one way out for every fault: comparing text raises on a
non-ASCII header, and the published library lets other errors through on hostile input (measured),
which would turn a forged header into a 500. The reasons are for our log, never for the sender.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.domain.errors import SignatureRefused

TOLERANCE_SECONDS = 300
SIGNATURES_LIMIT = 5
# What a Standard Webhooks key must hold at least, once decoded; tools that let a person choose the
# secret get a lower bar, because the person may not be able to choose a longer one.
SECRET_BYTES, CHOSEN_SECRET_BYTES = 16, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How a tool signs its body: the header (lower case), what stands before the signature, the
    hash, and whether it is written as hex (else base64)."""

    header: str
    prefix: str = ""
    digest: str = "sha256"
    is_hex: bool = False


def verify_body(
    scheme: Scheme,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    *,
    before: bytes = b"",
) -> None:
    """Passes once one of the live secrets has signed `before` and the body. `headers` have
    lower-case names. Raises SignatureRefused for everything else."""
    header = headers.get(scheme.header, "")
    if not header.startswith(scheme.prefix) or len(header) > 256:
        raise SignatureRefused(f"{scheme.header} is missing or malformed")
    given = header[len(scheme.prefix) :].encode("utf-8", "replace")
    keys = [secret.strip().encode("utf-8", "replace") for secret in secrets]
    keys = [key for key in keys if len(key) >= CHOSEN_SECRET_BYTES]
    if not keys:
        raise SignatureRefused(f"no stored secret has {CHOSEN_SECRET_BYTES} characters")
    # Every secret is tried, so that the time taken says nothing about which one fits.
    matches = [
        hmac.compare_digest(_written(hmac.digest(key, before + body, scheme.digest), scheme), given)
        for key in keys
    ]
    if not any(matches):
        raise SignatureRefused("no signature fits a live secret")


def _written(digest: bytes, scheme: Scheme) -> bytes:
    return digest.hex().encode() if scheme.is_hex else base64.b64encode(digest)


def verify_stamped(
    scheme: Scheme,
    stamp_header: str,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    now: datetime,
) -> None:
    """The same for a tool that signs an ISO 8601 time and the body, one after the other.

    Raises SignatureRefused, also for a time that is more than five minutes away.
    """
    stamp = headers.get(stamp_header, "")
    if not stamp.isascii() or not 0 < len(stamp) <= 40:
        raise SignatureRefused(f"{stamp_header} is missing or malformed")
    try:
        signed_at = datetime.fromisoformat(stamp)
        signed_at = signed_at if signed_at.tzinfo else signed_at.replace(tzinfo=UTC)
        distance = abs((now - signed_at).total_seconds())
    except (ValueError, OverflowError) as error:
        raise SignatureRefused(f"{stamp_header} is no time") from error
    if distance > TOLERANCE_SECONDS:
        raise SignatureRefused(f"{stamp_header} is more than five minutes away")
    verify_body(scheme, headers, body, secrets, before=stamp.encode())


def verify_word(given: str, secrets: Sequence[str]) -> None:
    """Passes when `given`, the secret part of an address, is one of the live ones.

    For tools that sign nothing. Raises SignatureRefused.
    """
    keys = [secret.strip().encode("utf-8", "replace") for secret in secrets]
    keys = [key for key in keys if len(key) >= SECRET_BYTES]
    if not keys:
        raise SignatureRefused(f"no stored secret has {SECRET_BYTES} characters")
    word = given.encode("utf-8", "replace")
    matches = [hmac.compare_digest(key, word) for key in keys]
    if not any(matches):
        raise SignatureRefused("the address does not hold a live secret")


def verify_standard(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
) -> str:
    """The delivery's id, once one of the live secrets has signed `id.timestamp.body`.

    The form of Standard Webhooks (contracts B8). Raises SignatureRefused for everything else.
    """
    delivery = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    if not delivery.isascii() or not delivery.isprintable():
        raise SignatureRefused("webhook-id is malformed")
    if not delivery or "." in delivery or len(delivery) > 256:
        raise SignatureRefused("webhook-id is missing or malformed")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise SignatureRefused("webhook-timestamp is missing or malformed")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused("webhook-timestamp is more than five minutes away")
    given = [
        part[3:].encode("utf-8", "replace")
        for part in headers.get("webhook-signature", "").split(" ")
        if part.startswith("v1,")
    ][:SIGNATURES_LIMIT]
    signed = b".".join((delivery.encode("utf-8", "replace"), stamp.encode(), body))
    # Every secret meets every signature, so that the time taken says nothing about which fits.
    keys = [key for key in map(_key, secrets) if key is not None]
    if not keys:
        raise SignatureRefused(f"no stored secret is base64 of at least {SECRET_BYTES} bytes")
    matches = [
        hmac.compare_digest(base64.b64encode(hmac.digest(key, signed, "sha256")), signature)
        for key in keys
        for signature in given
    ]
    if not any(matches):
        raise SignatureRefused("no signature fits a live secret")
    return delivery


def _key(secret: str) -> bytes | None:
    # A value written from a file ends with a line feed. One bad secret must not switch off the
    # other while they are being rotated.
    plain = secret.strip().removeprefix("whsec_")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= SECRET_BYTES else None
