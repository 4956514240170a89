"""Whoever hands out credentials over OAuth: one table for `heedful connect`.

A row says where the owner allows it, what is asked for, where the code becomes a token, and what
of the answer becomes the source's secret. Sources whose site gives a key or a token on a page need
no row: `heedful secret set` stores what was copied there.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from chalicelib.cli.checks.credentials import EXPIRES_AT
from chalicelib.domain.clock import to_text
from chalicelib.domain.errors import HeedfulError, SourceAuthError
from chalicelib.ports import Http
from chalicelib.pull.google_login import TOKEN_ADDRESS as GOOGLE_TOKEN_ADDRESS
from chalicelib.pull.json_answer import number, read_object, word


class ConnectFailed(HeedfulError):
    """The sign-in did not end in a credential; says what to do next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The OAuth client that asks: its id and its secret, which is in no repr."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What the token endpoint answered, and what a provider needs to make a secret of it."""

    client: Client
    answer: Mapping[str, object] = field(repr=False)
    http: Http
    site: str
    now: datetime

    def token(self, name: str) -> str:
        """A token of that name. Raises ConnectFailed when the answer has none."""
        found = word(self.answer.get(name))
        if found is None:
            raise ConnectFailed(
                f"the answer has no {name}; take this app's access away in the settings of your "
                "account there, and connect again"
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row.

    `{site}` in an address stands for the site that the owner names (a Mastodon instance).
    `registers` makes a client without a person where the site allows that; else `client_steps`
    says where to make one. `takes_loopback` is False where the site sends browsers to https only:
    then the owner pastes the address that the browser ends at.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    authorize: str
    token: str
    scopes: tuple[str, ...]
    to_secret: Callable[[Granted], str]
    client_steps: str = ""
    scope_separator: str = " "
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    registers: bool = False
    needs_site: bool = False
    takes_loopback: bool = True
    uses_pkce: bool = True


def _google_secret(granted: Granted) -> str:
    client = granted.client
    given: dict[str, str] = {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "refresh_token": granted.token("refresh_token"),
    }
    # Google says so when an owner allows it for a while only, as in an app that is in testing.
    seconds = number(granted.answer.get("refresh_token_expires_in"))
    if seconds:
        given[EXPIRES_AT] = to_text(granted.now + timedelta(seconds=seconds))
    return json.dumps(given)


def _mastodon_secret(granted: Granted) -> str:
    return granted.token("access_token")


def _instagram_secret(granted: Granted) -> str:
    """The token of an hour is exchanged for one of sixty days."""
    # Its address carries the app's secret; SourceHttp names but the host in its errors.
    address = (
        "https://graph.instagram.com/access_token?grant_type=ig_exchange_token"
        f"&client_secret={granted.client.client_secret}"
        f"&access_token={granted.token('access_token')}"
    )
    answer = read_object(granted.http.get(address, now=granted.now))
    token = word(answer.get("access_token"))
    if token is None:
        raise SourceAuthError(
            "Instagram gave no lasting token",
            advice="Check that the app secret is the one of Instagram API with Instagram login.",
        )
    return token


_GOOGLE: dict[str, Any] = {
    "authorize": "https://accounts.google.com/o/oauth2/v2/auth",
    "token": GOOGLE_TOKEN_ADDRESS,
    # Without these two Google sends no refresh token at a second sign-in.
    "more": MappingProxyType({"access_type": "offline", "prompt": "consent"}),
    "client_steps": "In the Google Cloud console, Google Auth Platform, Clients: create a client "
    "of the type Desktop app",
    "to_secret": _google_secret,
}

PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            name="google",
            title="Google",
            kinds=("google_business",),
            # There is no narrower scope that reads reviews; Heedful never writes with it.
            scopes=("https://www.googleapis.com/auth/business.manage",),
            **_GOOGLE,
        ),
        Provider(
            name="google_play",
            title="Google Play",
            kinds=("google_play",),
            scopes=("https://www.googleapis.com/auth/androidpublisher",),
            **_GOOGLE,
        ),
        Provider(
            name="mastodon",
            title="Mastodon",
            kinds=("mastodon",),
            authorize="{site}/oauth/authorize",
            token="{site}/oauth/token",  # noqa: S106  an address
            scopes=("read:statuses", "read:notifications"),
            registers=True,
            needs_site=True,
            to_secret=_mastodon_secret,
        ),
        Provider(
            name="instagram",
            title="Instagram",
            kinds=("instagram",),
            authorize="https://www.instagram.com/oauth/authorize",
            token="https://api.instagram.com/oauth/access_token",  # noqa: S106  an address
            scopes=("instagram_business_basic", "instagram_business_manage_comments"),
            scope_separator=",",
            client_steps="In the Meta app dashboard, Instagram, API setup with Instagram login: "
            "the Instagram app id and secret stand there; add https://localhost/ to the valid "
            "OAuth redirect URIs",
            # Meta sends browsers to https alone, and knows no PKCE here.
            takes_loopback=False,
            uses_pkce=False,
            to_secret=_instagram_secret,
        ),
    )
}

# From a kind of source to the provider that `heedful connect` takes for it.
CONNECTABLE: Mapping[str, str] = MappingProxyType(
    {kind: provider.name for provider in PROVIDERS.values() for kind in provider.kinds}
)
