"""The `heedful` command: what the technician types. User mistakes end with 2 and one sentence."""

import json
import sys
from collections.abc import Callable
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.cli.options import DEFAULT_FILE, on_aws
from chalicelib.cli.tending import check, connect, secret
from chalicelib.domain.errors import HeedfulError, UserError

if TYPE_CHECKING:
    from chalicelib.cli.deploy import Cloud

AWS_HINT = "Set AWS_PROFILE and AWS_REGION to the account you mean, or run aws configure."


class Commands(click.Group):
    """A group whose commands end with one sentence instead of a traceback."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command; a UserError exits with 2, any other error of ours with 1."""
        try:
            return super().invoke(context)
        except UserError as error:
            click.echo(f"heedful: {error}", err=True)
            context.exit(2)
        except HeedfulError as error:
            click.echo(f"heedful: {error}", err=True)
            context.exit(1)
        except (BotoCoreError, ClientError) as error:
            click.echo(f"heedful: {str(error).rstrip('.')}. {AWS_HINT}", err=True)
            context.exit(1)
        except BrokenPipeError:
            # Whoever read our output has enough.
            sys.stderr.close()
            context.exit(0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Heedful hears an unhappy customer while there is still time to make it right."""


for _command in (check, connect, secret):
    main.add_command(_command)


@main.command()
@click.option(
    "--file", "path", type=click.Path(path_type=Path), default=DEFAULT_FILE, show_default=True
)
def init(path: Path) -> None:
    """Write a commented heedful.toml to fill in."""
    from chalicelib.cli.configure import write_template

    write_template(path)
    click.echo(f"Wrote {path}. Fill it in, then: ./dev heedful check --file {path}")


@main.command()
@click.option(
    "--file", "path", type=click.Path(path_type=Path), default=DEFAULT_FILE, show_default=True
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@on_aws
def apply(path: Path, dry_run: bool, stage: str, endpoint_url: str | None) -> None:
    """Check heedful.toml and store it; says what changes."""
    from chalicelib.cli.configure import apply_file, check_file
    from chalicelib.wiring import deployed_services

    businesses = check_file(path)
    services = deployed_services(stage, endpoint_url)
    for line in apply_file(services, businesses, is_dry_run=dry_run):
        click.echo(line)


def column_options(command: Callable[..., None]) -> Callable[..., None]:
    """How to name the columns of a CSV that their own names do not tell."""
    for kind in ("location", "stars", "text", "date"):
        command = click.option(
            f"--{kind}-column", metavar="NAME", help=f"The column of the {kind}, if not found."
        )(command)
    return command


@main.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="The source of kind import in heedful.toml.")
@click.option("--business", default=None, help="Needed when there is more than one.")
@column_options
@on_aws
def import_(
    file: Path,
    source: str,
    business: str | None,
    stage: str,
    endpoint_url: str | None,
    **columns: str | None,
) -> None:
    """Bring in a CSV of feedback. The first import of a source is history and never alarms."""
    from chalicelib.cli.configure import import_file, read_bytes
    from chalicelib.wiring import deployed_services

    # A wrong file is said before anything is asked of AWS.
    read_bytes(file)
    services = deployed_services(stage, endpoint_url)
    for line in import_file(services, file, source, business, named_columns(columns)):
        click.echo(line)


@main.command(name="webhook-url")
@click.argument("provider")
@click.option("--business", default=None, help="Needed when there is more than one.")
@click.option("--show-secret", is_flag=True, help="Write out an address that holds a secret.")
@on_aws
def webhook_url(
    provider: str, business: str | None, show_secret: bool, stage: str, endpoint_url: str | None
) -> None:
    """The address that a survey tool (PROVIDER) must call, where it goes, and how to try it."""
    from chalicelib.cli.webhook_url import refuse_unknown, webhook_lines
    from chalicelib.wiring import deployed_services

    # A wrong word is said before anything is asked of AWS.
    refuse_unknown(provider, Path(DEFAULT_FILE))
    services = deployed_services(stage, endpoint_url)
    for line in webhook_lines(services, provider, business, shows_secret=show_secret):
        click.echo(line)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
@click.option(
    "--sensitivity", default="balanced", show_default=True, help="calm, balanced or watchful."
)
@click.option("--time-zone", default="UTC", show_default=True, help="Such as Europe/Berlin.")
@column_options
def backtest(
    file: Path, as_json: bool, sensitivity: str, time_zone: str, **columns: str | None
) -> None:
    """When would Heedful have told you? Replays your own export of reviews."""
    from chalicelib.cli.backtest import replay_file

    result = replay_file(
        file,
        sensitivity=sensitivity,
        time_zone=time_zone,
        columns=named_columns(columns),
        show_progress=sys.stderr.isatty(),
    )
    click.echo(json.dumps(result.as_json()) if as_json else result.in_words())


@main.command()
@click.option("--json", "as_json", is_flag=True, help="JSON also on a screen.")
def score(as_json: bool) -> None:
    """Read texts from standard input, one a line, and write one line of JSON for each.

    A line may be JSON itself, with text, rating and language. On a screen the answers are in
    words, unless --json is given.
    """
    from chalicelib.cli.score import score_lines
    from chalicelib.wiring import model

    write = partial(click.echo, nl=False)
    score_lines(text_input(), write, model(), as_json=as_json or not sys.stdout.isatty())


@main.command()
@click.option("--json", "as_json", is_flag=True, help="The only form there is; for symmetry.")
def detect(as_json: bool) -> None:
    """Drive the spike detector alone: lines of JSON in, one line out for each."""
    from chalicelib.cli.detect import detect_lines

    detect_lines(text_input(), click.echo)


@main.command()
@click.option("--out", type=click.Path(path_type=Path), default="demo-out", show_default=True)
@click.option("--stream", type=click.Path(path_type=Path), help="A CSV instead of our own month.")
@click.option("--serve/--no-serve", default=True, help="Keep the incident page up until Ctrl-C.")
def demo(out: Path, stream: Path | None, serve: bool) -> None:
    """The whole product on this machine, with a month of feedback."""
    from chalicelib.cli.demo import run_demo

    run_demo(out=out, stream=stream, is_served=serve, say=click.echo)


@main.command()
@click.option("--stage", default="prod", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def package(stage: str, out: Path) -> None:
    """Build what is deployed: a template and its archives."""
    from chalicelib.cli.package import build_package

    built = build_package(stage=stage, out=out)
    click.echo(f"{built.template}\n{built.sizes()}")


@main.command()
@click.option("--sender", help="The e-mail address that alerts come from.")
@click.option("--operator", help="Who hears that Heedful itself is ill or costs more than planned.")
@click.option("--parameter", "more", multiple=True, metavar="NAME=VALUE", help="Any other one.")
@click.option("--yes", is_flag=True, help="Apply without asking.")
@on_aws
def deploy(
    sender: str | None,
    operator: str | None,
    more: tuple[str, ...],
    yes: bool,
    stage: str,
    endpoint_url: str | None,
) -> None:
    """Build the package, show what would change in your AWS account, and apply it on yes."""
    from chalicelib.cli import deploy as deploying
    from chalicelib.cli.package import HOST_PYTHON, LAMBDA_PYTHON, cached_package

    wrong = next((one for one in more if "=" not in one), None)
    if wrong is not None:
        raise UserError(f"--parameter {wrong} is not of the form NAME=VALUE")
    given = {"Sender": sender, "Operator": operator, **dict(one.split("=", 1) for one in more)}
    # An embedded AWS runs the functions with this machine's Python, and knows no budgets.
    package = cached_package(stage=stage, target=HOST_PYTHON if endpoint_url else LAMBDA_PYTHON)
    if endpoint_url:
        given = {"MonthlyBudget": "0", **given}
    outputs = deploying.deploy(
        package,
        stage=stage,
        parameters={name: value for name, value in given.items() if value is not None},
        cloud=cloud(endpoint_url),
        person=deploying.Person(say=click.echo, ask=(lambda _: True) if yes else click.confirm),
    )
    if outputs is not None:
        click.echo(f"The pages and the survey webhooks: {outputs.get('PageAddress', '?')}")
        click.echo(f"Next: ./dev heedful apply --stage {stage}")


@main.command()
@on_aws
def destroy(stage: str, endpoint_url: str | None) -> None:
    """Take a stage down after asking; asks again before it deletes feedback and secrets."""
    from chalicelib.cli import deploy as deploying

    person = deploying.Person(say=click.echo, ask=click.confirm)
    if not deploying.destroy(stage=stage, cloud=cloud(endpoint_url), person=person):
        click.echo("Nothing was changed.")


def of_customer(command: Callable[..., None]) -> Callable[..., None]:
    """How to name a customer; each may be given more than once."""
    for name, meaning in (
        ("--email", "An address of theirs."),
        ("--phone", "A number of theirs, such as +49 30 123456."),
        ("--order", "An order of theirs."),
        ("--author-id", "Their id at a source."),
        ("--feedback-id", "One feedback of theirs, by Heedful's own id."),
        ("--link", "The address of a review of theirs."),
    ):
        command = click.option(f"{name}", f"{name[2:].replace('-', '_')}s", multiple=True,
                               metavar="TEXT", help=meaning)(command)  # fmt: skip
    asked = "What they asked through the page on privacy."
    command = click.option("--request", default=None, metavar="ID", help=asked)(command)
    command = click.option("--source", default=None, help="Where the author id is known.")(command)
    return click.option("--business", default=None, help="Needed when there is more than one.")(
        command
    )


@main.command(name="export-customer")
@of_customer
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new JSON file.")
@on_aws
def export_customer(
    out: Path,
    business: str | None,
    source: str | None,
    request: str | None,
    stage: str,
    endpoint_url: str | None,
    **named: tuple[str, ...],
) -> None:
    """Write all that is kept of one customer into a file, for that customer."""
    from chalicelib.cli import customer
    from chalicelib.wiring import deployed_services

    person = customer.named_person(source, named, request)
    services = deployed_services(stage, endpoint_url)
    whose = customer.the_business(services, business)
    if request is not None:
        person, lines = customer.with_request(services, whose, person, request)
        click.echo("\n".join(lines))
    many = customer.export_customer(services, whose, person, out)
    click.echo(f"Wrote {many} feedback to {out}. Delete the file when the customer has it.")


@main.command(name="erase-customer")
@of_customer
@click.option("--receipt", type=click.Path(path_type=Path), help="A new file for the receipt.")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@on_aws
def erase_customer(
    receipt: Path | None,
    yes: bool,
    business: str | None,
    source: str | None,
    request: str | None,
    stage: str,
    endpoint_url: str | None,
    **named: tuple[str, ...],
) -> None:
    """Take one customer out of everything; counts stay. May be stopped and repeated."""
    import time

    from chalicelib.cli import customer
    from chalicelib.wiring import deployed_services

    person = customer.named_person(source, named, request)
    services = deployed_services(stage, endpoint_url)
    whose = customer.the_business(services, business)
    if request is not None:
        person, lines = customer.with_request(services, whose, person, request)
        click.echo("\n".join(lines))
    proof = customer.erase_customer(
        services,
        whose,
        person,
        say=click.echo,
        ask=(lambda _: True) if yes else click.confirm,
        wait=time.sleep,
    )
    if proof is None:
        click.echo("Nothing was changed.")
        return
    text = customer.receipt_text(proof)
    if receipt is not None:
        customer.write_new(receipt, text)
    click.echo(text, nl=False)
    if proof.done_at is None:
        raise HeedfulError("not finished: messages are still being handled; repeat the command")


@main.command(name="replay-erasures")
@click.option("--from-table", "table", required=True, help="The table that holds the receipts.")
@on_aws
def replay_erasures(table: str, stage: str, endpoint_url: str | None) -> None:
    """Erase again whom a restored copy of the table has brought back; before the functions run."""
    from chalicelib.cli import customer
    from chalicelib.wiring import deployed_services, store_in

    services = deployed_services(stage, endpoint_url)
    for line in customer.replay_erasures(services, store_in(table, endpoint_url)):
        click.echo(line)


@main.command()
@click.option("--yes", is_flag=True, help="Put back without asking.")
@on_aws
def redrive(yes: bool, stage: str, endpoint_url: str | None) -> None:
    """Show what failed too often, without a customer's word, and put it back on yes."""
    from chalicelib.cli import redrive as redriving
    from chalicelib.wiring import deployed_services

    done = redriving.redrive(
        deployed_services(stage, endpoint_url),
        say=click.echo,
        ask=(lambda _: True) if yes else click.confirm,
    )
    click.echo(f"{done.put_back} of {done.found} messages were put back.")
    if done.unreadable:
        click.echo(f"{done.unreadable} stay: they are of a form that nobody understands any more.")


def cloud(endpoint_url: str | None) -> "Cloud":
    """Clients of the account and region that the environment names."""
    from chalicelib.cli.deploy import Cloud
    from chalicelib.wiring import aws_client

    names = ("cloudformation", "s3", "sts", "dynamodb", "ssm")
    clients = {name: aws_client(name, endpoint_url) for name in names}
    return Cloud(**clients, look_every=0.2 if endpoint_url else 2.0)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str | None, arguments: tuple[str, ...]) -> None:
    """List the benchmarks, or run one; its last line holds its figure.

    What follows the name is the benchmark's own, such as --json or --quick.
    """
    from chalicelib.cli.measures import run_measure

    if name is not None and name.startswith("-"):
        raise click.NoSuchOption(name)
    raise SystemExit(run_measure("benchmarks", name, list(arguments)))


@main.command()
@click.argument("name", required=False)
def prove(name: str | None) -> None:
    """List the proofs, or run one; its last line holds its figure."""
    from chalicelib.cli.measures import run_measure

    raise SystemExit(run_measure("proofs", name, []))


def named_columns(options: dict[str, str | None]) -> dict[str, str]:
    """`{"text_column": "Comment"}` as `{"text": "Comment"}`, without what was not given."""
    return {
        name.removesuffix("_column"): value for name, value in options.items() if value is not None
    }


def text_input() -> TextIO:
    """Standard input as UTF-8; a byte that is none becomes a mark instead of an end."""
    return TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")


if __name__ == "__main__":
    # What a person types, so that a hint can be typed as it stands.
    main(prog_name="./dev heedful")
