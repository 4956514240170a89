"""`heedful webhook-url`: the right address, where it goes, and what is still missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib.cli.__main__ import main
from chalicelib.cli.webhook_url import HIDDEN, refuse_unknown, webhook_lines
from chalicelib.domain.errors import SettingsError
from chalicelib.wiring import WEBHOOKS, SourceKinds
from tests.house import House, house
from tests.pull.webhooks.senders import SENDERS, Sender, move_in

TEMPLATE = Path(__file__).resolve().parents[2] / "chalicelib" / "cli" / "template.toml"


@pytest.fixture
def town() -> Iterator[House]:
    """A house with every tool."""
    with house() as made:
        move_in(made)
        yield made


def told(town: House, provider: str, *, shows_secret: bool = False) -> str:
    return "\n".join(webhook_lines(town.services, provider, "bakery", shows_secret=shows_secret))


@pytest.mark.parametrize("sender", SENDERS, ids=lambda one: one.kind)
def test_the_address_that_is_told_is_the_one_that_takes_the_delivery(
    town: House, sender: Sender
) -> None:
    text = told(town, sender.kind, shows_secret=True)

    (address,) = [line.strip() for line in text.splitlines() if line.startswith("  https://")]
    _, headers, body = sender.request(sender.secrets["live"], town.now)
    path = address.removeprefix(town.services.page_address)
    assert town.request("POST", path, headers, body)[0] in (200, 202)
    assert "2 live values" in text


def test_no_secret_is_shown_unless_asked_for(town: House) -> None:
    for sender in SENDERS:
        text = told(town, sender.kind)
        assert not any(word in text for word in sender.secrets["live"].split()), sender.kind
    assert HIDDEN in told(town, "jotform")


def test_a_missing_secret_is_told_with_what_to_do(town: House) -> None:
    town.services.secrets.values.pop("bakery/tally")  # type: ignore[attr-defined]

    assert "In SSM it is named bakery/tally: missing." in told(town, "from-tally")


@pytest.mark.parametrize(
    ("provider", "business", "words"),
    [
        ("typeform", None, "name the business with --business; there are: bakery, florist"),
        ("typeform", "nobody", "name the business"),
        ("fax", "bakery", "fax is no webhook; there are: formbricks"),
        ("rss", "bakery", "rss is no webhook"),
    ],
)
def test_a_mistake_is_told_with_the_next_step(
    town: House, provider: str, business: str | None, words: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        list(webhook_lines(town.services, provider, business, shows_secret=False))

    assert words in str(caught.value)


def test_a_wrong_word_is_told_before_anything_is_asked_of_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)

    result = CliRunner().invoke(main, ["webhook-url", "blob"])

    assert result.exit_code == 2
    assert "blob is no webhook; there are: formbricks" in result.stderr


def test_a_name_is_known_where_heedful_toml_is(tmp_path: Path) -> None:
    path = tmp_path / "heedful.toml"
    text = TEMPLATE.read_text(encoding="utf-8")
    path.write_text(text + '\n[[business.source]]\nname = "our-form"\nkind = "tally"\n'
                    'secret = "x/tally"\n')  # fmt: skip

    refuse_unknown("our-form", path)
    refuse_unknown("tally", tmp_path / "none.toml")
    for name, where in (("blob", path), ("our-form", tmp_path / "none.toml")):
        with pytest.raises(SettingsError, match=f"{name} is no webhook"):
            refuse_unknown(name, where)


def test_a_source_that_is_not_in_the_file_is_told_as_lines_for_it() -> None:
    with house() as made, pytest.raises(SettingsError) as caught:
        list(webhook_lines(made.services, "tally", None, shows_secret=False))

    assert 'kind = "tally" and secret = "bakery/tally"' in str(caught.value)


def test_every_webhook_says_where_its_address_goes_and_how_to_try_it() -> None:
    kinds = SourceKinds()

    for name in WEBHOOKS:
        kind = kinds[name]
        assert kind.name == name
        assert kind.paste.endswith((".", "}")), name
        assert kind.try_it.endswith((".", ")")), name
        assert kind.secret_form, name
        assert kind.needs_secret, name
        assert kind.receive is not None, name
