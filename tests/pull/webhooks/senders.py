"""Every tool that calls us, as it signs: for the tests, the proof and the benchmark of webhooks."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from chalicelib.cli.memory_services import GivenSecrets
from chalicelib.domain.business import Business, SourceSettings
from chalicelib.domain.source import SourceState
from tests.house import BAKERY, House
from tests.pull.webhooks.deliveries import (
    FORMBRICKS,
    FROG_FORM,
    GENERIC,
    GOOGLE_FORM,
    INTERCOM,
    MESSAGE,
    MONKEY_CALL,
    TALLY,
    TYPEFORM,
    ZENDESK,
    as_json,
    multipart,
)

# Of every tool: the live secret, the one before it, and the one of another business.
STANDARD = {
    "live": "whsec_" + base64.b64encode(b"the live key of thirty-two bytes").decode(),
    "retired": "whsec_" + base64.b64encode(b"the retired key, thirty-two long").decode(),
    "other": "whsec_" + base64.b64encode(b"the key of some other business..").decode(),
}
CHOSEN = {name: f"chosen-{name}-secret-of-tool" for name in ("live", "retired", "other")}
MONKEY = {name: f"client-{name}&secret-{name} token-{name}" for name in CHOSEN}
FROGS = {name: f"Word{name.title()}0123456789 key-{name}" for name in CHOSEN}

STANDARD_WAY = "Standard Webhooks: HMAC-SHA256 over id, time and body"

Sign = Callable[[str, bytes, datetime], dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One tool: its kind, where it posts, its secrets, how it signs, what it sends.

    `header` holds its signature, `prefix` what stands before that, `how` says in words how it is
    made; `is_stamped` says whether it signs a time, `is_fetched` that a delivery brings an id
    alone.
    """

    kind: str
    secrets: Mapping[str, str]
    sign: Sign
    body: bytes
    header: str
    how: str
    prefix: str = ""
    is_hex: bool = False
    is_stamped: bool = False
    is_fetched: bool = False
    content_type: str = "application/json"
    path: str = "/surveys/{business}/{kind}"

    def request(
        self, secret: str, now: datetime, *, business: str = "bakery", body: bytes | None = None
    ) -> tuple[str, dict[str, str], bytes]:
        """Path, headers and body of a delivery signed with that secret."""
        sent = self.body if body is None else body
        path = self.path.format(business=business, kind=self.kind, word=secret.split()[0])
        return path, {"content-type": self.content_type, **self.sign(secret, sent, now)}, sent


def _hmac(secret: str, signed: bytes, digest: str = "sha256") -> bytes:
    return hmac.digest(secret.encode(), signed, digest)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def sign_typeform(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Typeform."""
    return {"typeform-signature": f"sha256={_b64(_hmac(secret, body))}"}


def sign_tally(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Tally."""
    return {"tally-signature": _b64(_hmac(secret, body))}


def sign_monkey(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As SurveyMonkey, whose key is the first word of the secret."""
    key = secret.split()[0]
    return {"sm-apikey": key.split("&")[0], "sm-signature": _b64(_hmac(key, body, "sha1"))}


def sign_zendesk(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Zendesk: the time and the body, with nothing in between."""
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "x-zendesk-webhook-signature-timestamp": stamp,
        "x-zendesk-webhook-signature": _b64(_hmac(secret, stamp.encode() + body)),
    }


def sign_intercom(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Intercom."""
    return {"x-hub-signature": f"sha1={_hmac(secret, body, 'sha1').hex()}"}


def sign_standard(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Standard Webhooks ask; the id follows from the body."""
    delivery = "msg_" + hashlib.sha256(body).hexdigest()[:16]
    stamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery}.{stamp}.".encode() + body
    return {
        "webhook-id": delivery,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{_b64(hmac.digest(key, signed, 'sha256'))}",
    }


def sign_nothing(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """As Jotform."""
    return {}


SENDERS: Sequence[Sender] = (
    Sender(
        kind="survey",
        how=STANDARD_WAY,
        secrets=STANDARD,
        sign=sign_standard,
        body=as_json(GENERIC),
        header="webhook-signature",
        prefix="v1,",
        is_stamped=True,
    ),
    Sender(
        kind="typeform",
        how="HMAC-SHA256 over the body, base64",
        secrets=CHOSEN,
        sign=sign_typeform,
        body=as_json(TYPEFORM),
        header="typeform-signature",
        prefix="sha256=",
    ),
    Sender(
        kind="tally",
        how="HMAC-SHA256 over the body, base64",
        secrets=CHOSEN,
        sign=sign_tally,
        body=as_json(TALLY),
        header="tally-signature",
    ),
    Sender(
        kind="formbricks",
        how=STANDARD_WAY,
        secrets=STANDARD,
        sign=sign_standard,
        body=as_json(FORMBRICKS),
        header="webhook-signature",
        prefix="v1,",
        is_stamped=True,
    ),
    Sender(
        kind="google_forms",
        how=STANDARD_WAY,
        secrets=STANDARD,
        sign=sign_standard,
        body=as_json(GOOGLE_FORM),
        header="webhook-signature",
        prefix="v1,",
        is_stamped=True,
    ),
    Sender(
        kind="surveymonkey",
        how="HMAC-SHA1 over the body, base64",
        secrets=MONKEY,
        sign=sign_monkey,
        body=as_json(MONKEY_CALL),
        header="sm-signature",
        is_fetched=True,
        content_type="application/vnd.surveymonkey.response.v1+json",
    ),
    Sender(
        kind="zendesk_rating",
        how="HMAC-SHA256 over time and body, base64",
        secrets=CHOSEN,
        sign=sign_zendesk,
        body=as_json(ZENDESK),
        header="x-zendesk-webhook-signature",
        is_stamped=True,
    ),
    Sender(
        kind="intercom_rating",
        how="HMAC-SHA1 over the body, hex",
        secrets=CHOSEN,
        sign=sign_intercom,
        body=as_json(INTERCOM),
        header="x-hub-signature",
        prefix="sha1=",
        is_hex=True,
    ),
    Sender(
        kind="messages",
        how=STANDARD_WAY,
        secrets=STANDARD,
        sign=sign_standard,
        body=as_json(MESSAGE),
        header="webhook-signature",
        prefix="v1,",
        is_stamped=True,
        path="/messages/{business}",
    ),
    Sender(
        kind="jotform",
        how="not at all: a secret word in the address",
        secrets=FROGS,
        sign=sign_nothing,
        body=multipart(FROG_FORM),
        header="",
        is_fetched=True,
        content_type="multipart/form-data; boundary=frog0123",
        path="/surveys/{business}/jotform/{word}",
    ),
)
BY_KIND = MappingProxyType({one.kind: one for one in SENDERS})


def shops(**options: Mapping[str, object]) -> tuple[Business, Business]:
    """The bakery with every tool, and another business with the same tools and its own secrets."""
    bakery = replace(BAKERY, sources=_sources("bakery", options))
    return bakery, replace(
        BAKERY, business_id="florist", name="Florist", sources=_sources("florist", options)
    )


def _sources(
    business: str, options: Mapping[str, Mapping[str, object]]
) -> tuple[SourceSettings, ...]:
    return tuple(
        SourceSettings(
            name=f"from-{one.kind.replace('_', '-')}",
            kind=one.kind,
            secret=f"{business}/{one.kind}",
            options=MappingProxyType(dict(options.get(one.kind, {}))),
        )
        for one in SENDERS
    )


def move_in(house: House, **options: Mapping[str, object]) -> None:
    """Both businesses are customers of this house, with two live secrets at the bakery."""
    assert isinstance(house.services.secrets, GivenSecrets)
    known = house.services.secrets.values
    for business in shops(**options):
        house.store.save_business(business)
        for source in business.sources:
            state = SourceState(business_id=business.business_id, source=source.name)
            if house.store.load_source(state.business_id, state.source) is None:
                house.store.save_source(state)
    for one in SENDERS:
        known[f"bakery/{one.kind}"] = (one.secrets["live"], one.secrets["retired"])
        known[f"florist/{one.kind}"] = (one.secrets["other"],)


def retire(house: House) -> None:
    """The rotation is over: the older secret is dead."""
    assert isinstance(house.services.secrets, GivenSecrets)
    for one in SENDERS:
        house.services.secrets.values[f"bakery/{one.kind}"] = (one.secrets["live"],)
