"""`heedful connect`: the owner says yes in the browser, the credential goes into SSM unseen.

The authorization code flow for programs on one's own machine (RFC 8252): the browser comes back to
127.0.0.1 with a code; state ties the answer to our question and PKCE (RFC 7636) the code to this
process. No token and no secret of a client is ever printed.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from chalicelib.cli.providers import PROVIDERS, Client, ConnectFailed, Granted, Provider
from chalicelib.cli.redirect import WAIT_SECONDS, LoopbackRedirect, answer_in
from chalicelib.domain.errors import SourceError, UserError
from chalicelib.ports import Http, HttpAnswer
from chalicelib.pull.json_answer import read_object, word

# What a browser is sent to where the site knows no plain http; nobody listens there.
PASTED_REDIRECT = "https://localhost/"
# RFC 6749 4.1.2.1, and what a person can do about each.
REFUSALS = {
    "access_denied": "it was not allowed; run the command again and allow everything asked for",
    "invalid_scope": "the app may not ask for this; add the permission to the app first",
    "unauthorized_client": "the app may not sign in this way; check its type",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whoever sits there: `say` shows a line, `ask` reads one, `ask_unseen` reads one without
    echo, `open_page` opens a browser (False when there is none)."""

    say: Callable[[str], None]
    ask: Callable[[str], str]
    ask_unseen: Callable[[str], str]
    open_page: Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was typed: the provider, the site of a provider that has many, the client's id, and
    whether the owner pastes the address instead of being sent back."""

    provider: Provider
    site: str = ""
    client_id: str = ""
    is_pasted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    state: str
    verifier: str = field(repr=False)
    redirect: str


def provider_lines() -> Iterator[str]:
    """Every provider: what to type, what it is, and what it needs besides."""
    for name, provider in sorted(PROVIDERS.items()):
        more = " --site https://your-instance.example" if provider.needs_site else ""
        yield f"{provider.title}: ./dev heedful connect {name}{more}"
    yield "A key or a token that you copied from a page: ./dev heedful secret set NAME"


def provider_named(name: str) -> Provider:
    """The row of that name. Raises UserError naming those that exist."""
    provider = PROVIDERS.get(name)
    if provider is None:
        raise UserError(
            f"there is no {name} to connect; there are {', '.join(sorted(PROVIDERS))}. A key or a "
            "token that you copied from a page goes in with ./dev heedful secret set NAME"
        )
    return provider


def site_of(provider: Provider, given: str | None) -> str:
    """`https://host` of what was typed. Raises UserError when it is missing or none."""
    if not provider.needs_site:
        return ""
    if not given:
        raise UserError(
            f"{provider.title} is many sites; name yours: --site https://your-instance.example"
        )
    address = given if "://" in given else f"https://{given}"
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
        raise UserError(f"{given} is no address of a site; write https://your-instance.example")
    return f"{parts.scheme}://{parts.netloc}"


def sign_in(
    wish: Wish, asking: Asking, http: Http, now: datetime, *, wait_seconds: float = WAIT_SECONDS
) -> str:
    """The secret for SSM. Raises UserError, ConnectFailed or a SourceError that says the fix."""
    provider = wish.provider
    with _asked(wish, asking, wait_seconds) as (question, come_back):
        client = _client(wish, asking, http, now, question.redirect)
        address = _authorize_address(wish, client, question)
        asking.say(f"Allow Heedful to read, in your browser:\n\n  {address}\n")
        if not asking.open_page(address):
            asking.say("No browser opens here; copy the address into one.")
        answer = come_back()
    if "error" in answer:
        # Only what we know by name is shown: the rest was written by whoever sent the browser.
        known = REFUSALS.get(answer["error"], "the sign-in failed; run the command again")
        raise ConnectFailed(f"{provider.title}: {known}")
    granted = _exchange(wish, client, question, answer["code"], http, now)
    _check_scopes(provider, granted.answer)
    return provider.to_secret(granted)


@contextmanager
def _asked(
    wish: Wish, asking: Asking, wait_seconds: float
) -> Iterator[tuple[_Question, Callable[[], Mapping[str, str]]]]:
    question = _Question(
        state=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48), redirect=""
    )
    if wish.is_pasted or not wish.provider.takes_loopback:
        question = replace(question, redirect=PASTED_REDIRECT)
        yield question, lambda: _pasted(asking, question.state)
        return
    with LoopbackRedirect(question.state) as redirect:
        yield (
            replace(question, redirect=redirect.address),
            lambda: redirect.wait(wait_seconds),
        )


def _pasted(asking: Asking, state: str) -> Mapping[str, str]:
    asking.say(
        f"At the end the browser shows a page of {PASTED_REDIRECT} that does not load. Copy its "
        "whole address from the address bar."
    )
    answer = answer_in(asking.ask_unseen("The address").strip(), state)
    if answer is None:
        raise UserError("that address is not the answer to this sign-in; run the command again")
    return answer


def _client(wish: Wish, asking: Asking, http: Http, now: datetime, redirect: str) -> Client:
    provider = wish.provider
    if provider.registers:
        answer = read_object(
            http.post(
                f"{wish.site}/api/v1/apps",
                now=now,
                form={
                    "client_name": "Heedful",
                    "redirect_uris": redirect,
                    "scopes": " ".join(provider.scopes),
                },
            )
        )
        made = (word(answer.get("client_id")), word(answer.get("client_secret")))
        if made[0] is None or made[1] is None:
            raise ConnectFailed(f"{wish.site} is no {provider.title} site; check --site")
        return Client(client_id=made[0], client_secret=made[1])
    if not wish.client_id:
        asking.say(f"{provider.client_steps}.")
    client_id = (wish.client_id or asking.ask("Client id")).strip()
    client_secret = asking.ask_unseen("Client secret (not shown)").strip()
    if not client_id or not client_secret:
        raise UserError("both the client's id and its secret are needed")
    return Client(client_id=client_id, client_secret=client_secret)


def _authorize_address(wish: Wish, client: Client, question: _Question) -> str:
    provider = wish.provider
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": question.redirect,
        "scope": provider.scope_separator.join(provider.scopes),
        "state": question.state,
        **provider.more,
    }
    if provider.uses_pkce:
        digest = hashlib.sha256(question.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return f"{provider.authorize.format(site=wish.site)}?{urlencode(asked)}"


def _exchange(
    wish: Wish, client: Client, question: _Question, code: str, http: Http, now: datetime
) -> Granted:
    provider = wish.provider
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": question.redirect,
        "client_id": client.client_id,
        "client_secret": client.client_secret,
    }
    if provider.uses_pkce:
        form["code_verifier"] = question.verifier
    answer = read_object(
        http.post(
            provider.token.format(site=wish.site), now=now, form=form, explain=_explain_exchange
        )
    )
    return Granted(client=client, answer=answer, http=http, site=wish.site, now=now)


def _explain_exchange(answer: HttpAnswer, now: datetime) -> SourceError | None:
    if answer.status not in (400, 401):
        return None
    try:
        reason = read_object(answer).get("error")
    except SourceError:
        return None
    if reason in ("invalid_client", "unauthorized_client"):
        raise ConnectFailed(
            "the client's id and secret do not belong together; copy both again and run the "
            "command again"
        )
    if reason == "invalid_grant":
        raise ConnectFailed("the code is no longer good; run the command again")
    if reason == "redirect_uri_mismatch":
        raise ConnectFailed("the app does not know where we wait; make it of the type Desktop app")
    return None


def _check_scopes(provider: Provider, answer: Mapping[str, object]) -> None:
    given = word(answer.get("scope"))
    if given is None:
        return
    missing = set(provider.scopes) - set(given.replace(",", " ").split())
    if missing:
        raise ConnectFailed(
            f"{provider.title} was not allowed {', '.join(sorted(missing))}; run the command again "
            "and tick everything"
        )
