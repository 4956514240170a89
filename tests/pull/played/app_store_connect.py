"""App Store Connect, played: reviews newest first, the next page by address, one review by id."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.pull.app_store_connect import KIND
from tests.pull.given import NOW
from tests.pull.playing import Answer, Asked, Played

KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SECRET = json.dumps({"issuer_id": "issuer", "key_id": "KEY7", "private_key": PEM})
REVIEWS = "/v1/apps/123456789/customerReviews"
ROOT = "https://api.appstoreconnect.apple.com"


class PlayedAppStoreConnect(Played):
    """One app, three reviews a page."""

    kind = KIND
    options: Mapping[str, object] = {"app": "123456789"}
    secrets: tuple[str, ...] = (SECRET,)
    faulty = f"api.appstoreconnect.apple.com{REVIEWS}"
    page_size = 3
    fields: ClassVar = {
        "id": "external_id",
        "attributes.rating": "stars",
        "attributes.title": "text",
        "attributes.body": "text",
        "attributes.reviewerNickname": "author",
        "attributes.createdDate": "written_at",
        "relationships.response.data.id": "answered_at",
    }
    error_bodies: ClassVar = {
        401: {"errors": [{"status": "401", "code": "NOT_AUTHORIZED", "title": "x", "detail": "y"}]},
        403: {"errors": [{"status": "403", "code": "FORBIDDEN_ERROR", "title": "x"}]},
    }

    def entry(self, number: int, moment: datetime) -> dict[str, Any]:
        """A review."""
        local = moment - timedelta(hours=8)
        return {
            "type": "customerReviews",
            "id": f"00000{number}-aa",
            "attributes": {
                "rating": number % 5 + 1,
                "title": "Cold",
                "body": f"The bread was cold, number {number}",
                "reviewerNickname": f"Customer {number}",
                "createdDate": local.strftime("%Y-%m-%dT%H:%M:%S-08:00"),
                "territory": "DEU",
            },
            "relationships": {
                "response": {"data": {"type": "customerReviewResponses", "id": f"a{number}"}}
            },
        }

    def edit(self) -> None:
        """No time tells of it."""
        self.entries[0]["attributes"]["body"] = "Warm now"

    def answer(self, asked: Asked) -> Answer:
        """A page, or one review."""
        check_token(asked.headers["authorization"])
        if asked.path != REVIEWS:
            key = asked.path.removeprefix("/v1/customerReviews/")
            found = [entry for entry in self.entries if entry["id"] == key]
            if not found:
                return Answer(said={"errors": [{"status": "404"}]}, status=404)
            return Answer(said={"data": found[0], "included": answers()})
        assert (asked.query["limit"], asked.query["sort"]) == ("200", "-createdDate")
        token = asked.query.get("cursor", "c0").removeprefix("c")
        if not token.isdigit():
            return Answer(said={"errors": [{"status": "400"}]}, status=400)
        assert asked.query["include"] == "response"
        start, end = int(token), int(token) + self.page_size
        links = {"self": ROOT + REVIEWS}
        if end < len(self.entries):
            links["next"] = f"{ROOT}{REVIEWS}?cursor=c{end}&limit=200&sort=-createdDate"
            links["next"] += "&include=response"
        page = self.entries[start:end]
        return Answer(said={"data": page, "included": answers(), "links": links})


def answers() -> list[dict[str, Any]]:
    """The owner's answers, as they stand beside any reviews."""
    return [
        {
            "type": "customerReviewResponses",
            "id": f"a{number}",
            "attributes": {
                "responseBody": "Sorry",
                "lastModifiedDate": "2026-03-29T09:00:00Z",
                "state": "PUBLISHED",
            },
        }
        for number in range(1, 40)
    ]


def check_token(header: str) -> dict[str, Any]:
    """What the token claims; raises for one that this key did not sign or that lasts too long."""
    head, claims, signature = header.removeprefix("Bearer ").split(".")
    pair = _plain(signature)
    assert len(pair) == 64
    r, s = int.from_bytes(pair[:32], "big"), int.from_bytes(pair[32:], "big")
    KEY.public_key().verify(
        encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256())
    )
    assert json.loads(_plain(head)) == {"alg": "ES256", "kid": "KEY7", "typ": "JWT"}
    said: dict[str, Any] = json.loads(_plain(claims))
    assert (said["iss"], said["aud"]) == ("issuer", "appstoreconnect-v1")
    assert said["iat"] >= NOW.timestamp()
    assert 0 < said["exp"] - said["iat"] <= 20 * 60
    return said


def _plain(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
