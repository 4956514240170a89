"""The commands that tend a Heedful: `check`, `connect`, `secret set`."""

import json
import sys
from pathlib import Path

import click

from chalicelib.cli.options import on_aws, settings_file


@click.command()
@settings_file
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@on_aws
def check(path: Path, as_json: bool, stage: str, endpoint_url: str | None) -> None:
    """Call every source once and look at what sends; says what to fix. Changes nothing.

    Ends with 0 when all is good, 1 when there is something to fix.
    """
    from chalicelib.cli.check import run_check

    found = run_check(path, stage, endpoint_url)
    click.echo(json.dumps(found.as_json()) if as_json else found.in_words())
    raise SystemExit(found.exit_code)


@click.command()
@click.argument("provider", required=False)
@click.option("--name", help="The name of the secret, as `secret` in heedful.toml says it.")
@click.option("--site", help="Which site, where there are many: your Mastodon instance.")
@click.option("--client-id", default="", help="The OAuth client's id; asked for when not given.")
@click.option("--paste", is_flag=True, help="Paste the last address: the browser is elsewhere.")
@on_aws
def connect(
    provider: str | None,
    name: str | None,
    site: str | None,
    client_id: str,
    paste: bool,
    stage: str,
    endpoint_url: str | None,
) -> None:
    """Sign in to PROVIDER in your browser; without one, list those there are.

    The credential goes into SSM and is never shown.
    """
    from chalicelib.cli.check import services_before_deployment
    from chalicelib.cli.connect import (
        Asking,
        Wish,
        provider_lines,
        provider_named,
        sign_in,
        site_of,
    )
    from chalicelib.cli.keep_secret import checked_name, store_secret
    from chalicelib.wiring import aws_client

    if provider is None:
        for line in provider_lines():
            click.echo(line)
        return
    wanted = provider_named(provider)
    name = checked_name(name or wanted.name)
    wish = Wish(provider=wanted, site=site_of(wanted, site), client_id=client_id, is_pasted=paste)
    services = services_before_deployment(stage, endpoint_url)
    secret = sign_in(
        wish,
        Asking(
            say=click.echo,
            ask=click.prompt,
            ask_unseen=lambda question: str(click.prompt(question, hide_input=True)),
            open_page=lambda address: click.launch(address) == 0,
        ),
        services.http,
        services.clock(),
    )
    parameter = store_secret(aws_client("ssm", endpoint_url), stage, name, secret)
    click.echo(f"The credential is in SSM as {parameter}.")
    click.echo(f'In heedful.toml the source says: secret = "{name}"')
    if wanted.name == "google":
        _say_places(secret, stage, endpoint_url)
    click.echo(f"Next: ./dev heedful check --stage {stage}")


def _say_places(secret: str, stage: str, endpoint_url: str | None) -> None:
    from chalicelib.cli.check import services_before_deployment
    from chalicelib.cli.google_places import place_lines
    from chalicelib.domain.errors import SourceError

    services = services_before_deployment(stage, endpoint_url)
    try:
        for line in place_lines(services.http, secret, services.clock()):
            click.echo(line)
    except SourceError as error:
        # The sign-in is good all the same: it is kept.
        click.echo(f"Your places cannot be listed yet: {error}. {error.advice}")


@click.group()
def secret() -> None:
    """Credentials of sources in SSM."""


@secret.command(name="set")
@click.argument("name")
@click.option("--rotate", is_flag=True, help="Keep the present value valid beside the new one.")
@on_aws
def set_(name: str, rotate: bool, stage: str, endpoint_url: str | None) -> None:
    """Read a secret from standard input, unseen, and keep it in SSM under NAME.

    NAME is what `secret` says in heedful.toml. A file goes in with: secret set NAME < FILE
    """
    from chalicelib.cli.keep_secret import checked_name, one_line, store_secret
    from chalicelib.wiring import aws_client

    name = checked_name(name)
    if sys.stdin.isatty():
        value = str(click.prompt(f"Secret {name} (not shown)", hide_input=True))
    else:
        value = sys.stdin.read()
    parameter = store_secret(
        aws_client("ssm", endpoint_url), stage, name, one_line(value), keeps_present=rotate
    )
    click.echo(f"Kept in SSM as {parameter}. Functions see it within five minutes.")
