"""Access to App Store Connect: a token that the owner's key signs, ES256, ten minutes long.

Apple allows twenty minutes at most and one look takes two, so each look signs one of its own.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chalicelib.domain.errors import SettingsError

LASTS = timedelta(minutes=10)
PARTS = ("issuer_id", "key_id", "private_key")
# With the text of the .p8 file in it, its line ends written as \n.
SECRET_FORM = 'one line of JSON: {"issuer_id": "…", "key_id": "…", "private_key": "…"}'  # noqa: S105


def login_headers(secrets: tuple[str, ...], now: datetime) -> Mapping[str, str]:
    """`Authorization` for one look. Raises SettingsError for a secret of another form."""
    try:
        given = json.loads(secrets[0])
        issuer_id, key_id, private_key = (str(given[name]) for name in PARTS)
        key = load_pem_private_key(private_key.encode(), password=None)
    except (IndexError, ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise _wrong_form() from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _wrong_form()
    issued = int(now.timestamp())
    head = {"alg": "ES256", "kid": key_id, "typ": "JWT"}
    claims = {
        "iss": issuer_id,
        "iat": issued,
        "exp": issued + int(LASTS.total_seconds()),
        "aud": "appstoreconnect-v1",
    }
    said = f"{_part(json.dumps(head).encode())}.{_part(json.dumps(claims).encode())}"
    # A JWT carries the two numbers side by side (RFC 7518, 3.4), not as the library writes them.
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(SHA256())))
    signature = _part(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return {"Authorization": f"Bearer {said}.{signature}"}


def _part(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def _wrong_form() -> SettingsError:
    return SettingsError(f"the secret of an app_store_connect source is {SECRET_FORM}")
