"""A signed delivery straight into a tool's module, without the routes around it."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from chalicelib.domain.business import Business, Contact, Location, SourceSettings
from chalicelib.domain.feedback import Feedback
from chalicelib.ports import Delivery, Received
from chalicelib.wiring import SourceKinds
from tests.pull.webhooks.deliveries import as_json
from tests.pull.webhooks.senders import BY_KIND

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
SHOP = Business(
    business_id="bakery",
    name="Bakery",
    time_zone="Europe/Berlin",
    country="DE",
    contacts=(Contact(name="owner", email="owner@bakery.example"),),
    locations=(Location(location_id="station", name="Station kiosk"),),
)


def receive(kind: str, body: Mapping[str, Any] | bytes, **options: object) -> Received:
    """What that tool's delivery brings, with these options in heedful.toml."""
    sender = BY_KIND[kind]
    sent = body if isinstance(body, bytes) else as_json(body)
    secret = sender.secrets["live"]
    path, headers, _ = sender.request(secret, NOW, body=sent)
    take = SourceKinds()[kind].receive
    assert take is not None
    return take(
        Delivery(
            business=SHOP,
            settings=SourceSettings(
                name="after-visit",
                kind=kind,
                secret="bakery/tool",
                options=MappingProxyType(options),
            ),
            secrets=(secret,),
            headers=headers,
            body=sent,
            now=NOW,
            path_secret=path.rpartition("/")[2],
        )
    )


def said(kind: str, body: Mapping[str, Any] | bytes, **options: object) -> Feedback:
    """The one feedback that it brings."""
    (feedback,) = receive(kind, body, **options).feedback
    return feedback


def changed(body: Mapping[str, Any], *path: str | int, to: Any) -> dict[str, Any]:
    """A copy with another value at that place; `...` takes the place out."""
    copy: Any = deepcopy(dict(body))
    here = copy
    for part in path[:-1]:
        here = here[part]
    if to is ...:
        del here[path[-1]]
    else:
        here[path[-1]] = to
    return dict(copy)
