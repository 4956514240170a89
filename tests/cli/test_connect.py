"""A sign-in against an authorization server on the loopback ends in a secret nobody sees."""

import base64
import hashlib
import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from click.testing import CliRunner

from chalicelib.cli.__main__ import main
from chalicelib.cli.checks.credentials import end_in_secret
from chalicelib.cli.connect import Asking, Wish, provider_named, sign_in, site_of
from chalicelib.cli.google_places import place_lines
from chalicelib.cli.providers import CONNECTABLE, PROVIDERS, Client, ConnectFailed
from chalicelib.cli.redirect import LoopbackRedirect, answer_in
from chalicelib.domain.errors import SourceAuthError, UserError
from chalicelib.pull.google_login import GoogleLogin
from chalicelib.wiring import SourceKinds
from tests.pull.playing import Answer, Asked, Detour, asked_by, send
from tests.pull.site import Site, running_site

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
INSTANCE = "https://town.example"
Change = Callable[[dict[str, str]], dict[str, str]]


class Server:
    """An authorization server of every provider: one code, one token, and what it was asked."""

    def __init__(self, site: Site) -> None:
        self.asked: list[Asked] = []
        self.token: dict[str, object] = {
            "access_token": "access-1",
            "refresh_token": "refresh-1",
            "expires_in": 3599,
        }
        self.trouble: Answer | None = None
        self.challenge = ""
        site.otherwise = self.respond

    def respond(self, handler: Any) -> None:
        """What stands at that address."""
        asked = asked_by(handler)
        self.asked.append(asked)
        send(handler, self._answer(asked))

    def _answer(self, asked: Asked) -> Answer:
        if asked.path == "/api/v1/apps":
            return Answer(said={"client_id": "made-1", "client_secret": "made-secret"})
        if asked.path == "/access_token":
            return Answer(said={"access_token": "lasting-1", "expires_in": 5_184_000})
        if self.trouble is not None:
            return self.trouble
        form = asked.form
        if form["grant_type"] == "refresh_token":
            assert form["refresh_token"] == "refresh-1"
            return Answer(said={"access_token": "access-2"})
        assert form["code"] == "code-1"
        if self.challenge:
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge
        return Answer(said=self.token)


class Sitting:
    """Whoever sits at the keyboard and in the browser; remembers what the screen showed."""

    def __init__(self, server: Server) -> None:
        self.shown: list[str] = []
        self.opened: list[Mapping[str, str]] = []
        self.page = ""
        self.change: Change = lambda answer: answer
        self.pasted = ""
        self._server = server

    def asking(self) -> Asking:
        """As the command would ask."""
        return Asking(
            say=self.shown.append,
            ask=lambda question: "client-1",
            ask_unseen=self._unseen,
            open_page=self._open,
        )

    def _unseen(self, question: str) -> str:
        return self.pasted if question == "The address" else "client-secret-1"

    def _open(self, address: str) -> bool:
        asked = dict(parse_qsl(urlsplit(address).query))
        self.opened.append(asked)
        self.page = address.partition("?")[0]
        self._server.challenge = asked.get("code_challenge", "")
        back = self.change({"code": "code-1", "state": asked["state"]})
        self.pasted = f"{asked['redirect_uri']}?{urlencode(back)}"
        if asked["redirect_uri"].startswith("http://127.0.0.1:"):
            visit(self.pasted)
        return True


def visit(address: str) -> int:
    """What a browser gets there."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        return error.code


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture
def server(site: Site) -> Server:
    return Server(site)


@pytest.fixture
def sitting(server: Server) -> Sitting:
    return Sitting(server)


def connect(site: Site, sitting: Sitting, name: str, *, is_pasted: bool = False) -> str:
    provider = PROVIDERS[name]
    wish = Wish(
        provider=provider,
        site=INSTANCE if provider.needs_site else "",
        is_pasted=is_pasted,
    )
    return sign_in(wish, sitting.asking(), Detour(site.root), NOW, wait_seconds=5)


def test_google_s_yes_becomes_a_secret_that_its_source_can_use(
    site: Site, server: Server, sitting: Sitting
) -> None:
    secret = connect(site, sitting, "google")

    assert json.loads(secret) == {
        "client_id": "client-1",
        "client_secret": "client-secret-1",
        "refresh_token": "refresh-1",
    }
    login = GoogleLogin(Detour(site.root), (secret,), NOW)
    assert login.headers() == {"Authorization": "Bearer access-2"}
    (asked,) = sitting.opened
    assert sitting.page == "https://accounts.google.com/o/oauth2/v2/auth"
    assert asked["scope"] == "https://www.googleapis.com/auth/business.manage"
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    assert asked["code_challenge_method"] == "S256"
    assert server.asked[0].form["redirect_uri"] == asked["redirect_uri"]


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("is_pasted", [False, True])
def test_nothing_secret_is_shown(site: Site, sitting: Sitting, name: str, is_pasted: bool) -> None:
    secret = connect(site, sitting, name, is_pasted=is_pasted)

    shown = "\n".join(sitting.shown)
    for hidden in ("access-1", "refresh-1", "client-secret-1", "made-secret", "code-1", secret):
        assert hidden not in shown
    assert sitting.page in shown


def test_mastodon_makes_its_own_client_and_gives_a_plain_token(
    site: Site, server: Server, sitting: Sitting
) -> None:
    secret = connect(site, sitting, "mastodon")

    made, exchanged = server.asked
    assert secret == "access-1"
    assert (made.host, made.path) == ("town.example", "/api/v1/apps")
    assert made.form["scopes"] == "read:statuses read:notifications"
    assert made.form["redirect_uris"] == sitting.opened[0]["redirect_uri"]
    assert exchanged.form["client_secret"] == "made-secret"
    assert sitting.page == "https://town.example/oauth/authorize"


def test_instagram_s_hour_becomes_sixty_days(site: Site, server: Server, sitting: Sitting) -> None:
    secret = connect(site, sitting, "instagram")

    assert secret == "lasting-1"
    assert sitting.opened[0]["redirect_uri"] == "https://localhost/"
    assert server.asked[-1].query["access_token"] == "access-1"


def test_a_sign_in_that_google_limits_is_kept_with_its_end(
    site: Site, server: Server, sitting: Sitting
) -> None:
    server.token["refresh_token_expires_in"] = 604_800

    secret = connect(site, sitting, "google")

    assert end_in_secret((secret,)) == datetime(2026, 4, 5, 10, 0, tzinfo=UTC)


def test_another_s_answer_is_not_taken_and_ours_still_is(site: Site, sitting: Sitting) -> None:
    statuses: list[int] = []

    def forged_first(answer: dict[str, str]) -> dict[str, str]:
        redirect = sitting.opened[-1]["redirect_uri"]
        for state in ("", "guess", "ümlaut"):
            forged = urlencode({"code": "stolen", "state": state})
            statuses.append(visit(f"{redirect}?{forged}"))
        statuses.append(visit(redirect.replace("/heedful", "/favicon.ico")))
        return answer

    sitting.change = forged_first
    secret = connect(site, sitting, "google")

    assert statuses == [400, 400, 400, 400]
    assert json.loads(secret)["refresh_token"] == "refresh-1"


def test_a_pasted_address_of_another_sign_in_is_refused(site: Site, sitting: Sitting) -> None:
    sitting.change = lambda answer: answer | {"state": "other"}

    with pytest.raises(UserError, match="not the answer to this sign-in"):
        connect(site, sitting, "google", is_pasted=True)


def test_a_no_is_said_in_our_words_alone(site: Site, server: Server, sitting: Sitting) -> None:
    sitting.change = lambda answer: {"state": answer["state"], "error": "access_denied"}
    with pytest.raises(ConnectFailed, match="allow everything asked for"):
        connect(site, sitting, "google")

    sitting.change = lambda answer: {"state": answer["state"], "error": "call +1 555 0100"}
    with pytest.raises(ConnectFailed) as refused:
        connect(site, sitting, "google")

    assert "555" not in str(refused.value)
    assert server.asked == []


def test_without_a_refresh_token_nothing_is_kept(
    site: Site, server: Server, sitting: Sitting
) -> None:
    del server.token["refresh_token"]

    with pytest.raises(ConnectFailed, match="no refresh_token"):
        connect(site, sitting, "google")


def test_a_box_that_was_not_ticked_is_named(site: Site, server: Server, sitting: Sitting) -> None:
    server.token["scope"] = "openid"

    with pytest.raises(ConnectFailed, match=r"business\.manage.*tick everything"):
        connect(site, sitting, "google")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("invalid_client", "copy both again"),
        ("invalid_grant", "run the command again"),
        ("redirect_uri_mismatch", "Desktop app"),
    ],
)
def test_a_refused_exchange_says_what_to_do(
    site: Site, server: Server, sitting: Sitting, error: str, advice: str
) -> None:
    server.trouble = Answer(said={"error": error}, status=400)

    with pytest.raises(ConnectFailed, match=advice):
        connect(site, sitting, "google")


def test_nobody_comes_back_in_time() -> None:
    with LoopbackRedirect("state") as redirect, pytest.raises(UserError, match="in time"):
        redirect.wait(0.01)


def test_the_page_for_the_way_back_is_on_this_machine_alone() -> None:
    with LoopbackRedirect("state") as redirect:
        assert urlsplit(redirect.address).hostname == "127.0.0.1"
        assert redirect._server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("https://localhost/?code=1&state=right", True),
        ("https://localhost/?error=access_denied&state=right", True),
        ("https://localhost/?state=right", False),
        ("https://localhost/?code=1", False),
        ("https://localhost/?code=1&state=right&state=wrong", False),
        ("not an address", False),
    ],
)
def test_only_an_address_with_our_state_is_an_answer(address: str, is_ours: bool) -> None:
    assert (answer_in(address, "right") is not None) is is_ours


def test_a_client_s_secret_is_in_no_repr() -> None:
    assert "hush" not in repr(Client(client_id="c", client_secret="hush"))


def test_an_unknown_provider_and_a_missing_site_are_said_with_the_way_out() -> None:
    with pytest.raises(UserError, match="secret set NAME"):
        provider_named("x")
    with pytest.raises(UserError, match="--site https://"):
        site_of(PROVIDERS["mastodon"], None)
    with pytest.raises(UserError, match="no address"):
        site_of(PROVIDERS["mastodon"], "https://user@town.example")
    assert site_of(PROVIDERS["mastodon"], "town.example") == "https://town.example"
    assert site_of(PROVIDERS["mastodon"], "https://town.example/home") == "https://town.example"


def test_without_a_provider_those_there_are_are_listed_and_nobody_is_asked() -> None:
    result = CliRunner().invoke(main, ["connect"])

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "Google: ./dev heedful connect google",
        "Google Play: ./dev heedful connect google_play",
        "Instagram: ./dev heedful connect instagram",
        "Mastodon: ./dev heedful connect mastodon --site https://your-instance.example",
        "A key or a token that you copied from a page: ./dev heedful secret set NAME",
    ]


def test_every_kind_that_can_be_connected_exists_and_needs_a_secret() -> None:
    kinds = SourceKinds()
    for kind in set(CONNECTABLE) & set(kinds):
        assert kinds[kind].secret_form


def google_says(asked: Asked) -> Answer:
    if asked.host == "oauth2.googleapis.com":
        return Answer(said={"access_token": "t"})
    if asked.path == "/v1/accounts":
        return Answer(said={"accounts": [{"name": "accounts/1"}, {"name": "accounts/2"}]})
    if asked.path == "/v1/accounts/1/locations":
        assert asked.query["readMask"] == "name,title,metadata"
        if "pageToken" not in asked.query:
            first = {"name": "locations/7", "title": "Rosa\nBakery",
                     "metadata": {"mapsUri": "https://maps.example/?cid=7"}}  # fmt: skip
            return Answer(said={"locations": [first], "nextPageToken": "next"})
        return Answer(said={"locations": [{"name": "locations/8", "title": "Kiosk"}]})
    return Answer(said={})


GOOGLE_SECRET = '{"client_id": "c", "client_secret": "s", "refresh_token": "r"}'


def test_an_owner_s_places_come_as_lines_for_the_file(site: Site) -> None:
    site.otherwise = lambda handler: send(handler, google_says(asked_by(handler)))

    lines = list(place_lines(Detour(site.root), GOOGLE_SECRET, NOW))

    assert lines == [
        "# accounts/1/locations/7 is Rosa Bakery",
        "# accounts/1/locations/8 is Kiosk",
        'places = {"accounts/1/locations/7" = "main", "accounts/1/locations/8" = "main"}',
        'maps = {"accounts/1/locations/7" = "https://maps.example/?cid=7"}',
    ]


def test_an_access_that_google_has_not_granted_says_which_form_to_file(site: Site) -> None:
    def respond(handler: Any) -> None:
        asked = asked_by(handler)
        if asked.host == "oauth2.googleapis.com":
            send(handler, google_says(asked))
            return
        zero = {"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit_value": "0"}}
        error = {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [zero]}
        send(handler, Answer(said={"error": error}, status=429))

    site.otherwise = respond

    with pytest.raises(SourceAuthError) as refused:
        list(place_lines(Detour(site.root), GOOGLE_SECRET, NOW))

    assert "Application For Basic API Access" in refused.value.advice


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("x",), "there is no x to connect"),
        (("mastodon",), "--site https://"),
        (("google", "--name", "whsec_c2VjcmV0"), "no name of a secret"),
    ],
)
def test_a_command_that_cannot_work_ends_before_anybody_is_asked(
    arguments: tuple[str, ...], sentence: str
) -> None:
    result = CliRunner().invoke(main, ["connect", *arguments])

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""
