"""`heedful check`: call every source once, look at everything that sends, and say what to fix.

It reads only, before the first deployment too: then the businesses come from heedful.toml and only
the rows of the stage are missing.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.cli.checks.asking_aws import Clients
from chalicelib.cli.checks.credentials import LIVES_FOR
from chalicelib.cli.checks.email import email_rows
from chalicelib.cli.checks.people import contact_rows
from chalicelib.cli.checks.rows import Checked, Finding, Row
from chalicelib.cli.checks.sms import sms_rows
from chalicelib.cli.checks.sources import Asked, check_source
from chalicelib.cli.checks.stage import health_rows, named, stack_row
from chalicelib.cli.configure import changes_between, check_file
from chalicelib.domain.business import Business, SmsBackend, SourceSettings
from chalicelib.domain.errors import SettingsError
from chalicelib.ports import Services
from chalicelib.settings import Settings
from chalicelib.wiring import LOOPBACK, aws_client, build_services, deployed_services

AWS_HINT = "Set AWS_PROFILE and AWS_REGION to the account you mean, or run aws configure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The AWS account that is asked: `number` is empty when none can be reached, `why` says why;
    `stack` is what CloudFormation knows of the stage, None when it is not deployed there."""

    number: str = ""
    region: str = ""
    why: str = ""
    stack: Mapping[str, Any] | None = None


def run_check(path: Path, stage: str, endpoint_url: str | None) -> Checked:
    """Look at everything. Raises SettingsError when no business is configured anywhere or
    heedful.toml is wrong."""
    clients: Clients = lambda service: aws_client(service, endpoint_url)  # noqa: E731
    account = look_up_account(clients, stage)
    if account.stack is None:
        services = services_before_deployment(stage, endpoint_url)
    else:
        services = deployed_services(stage, endpoint_url)
    written = check_file(path) if path.exists() or account.stack is None else ()
    stored = _stored(services) if account.stack is not None else ()
    if not written and not stored:
        raise SettingsError(
            f"stage {stage} knows no business and there is no {path}; "
            f"write one with ./dev heedful init --file {path}"
        )
    return check_all(
        services, clients, account=account, stage=stage, written=written, stored=stored
    )


def look_up_account(clients: Clients, stage: str) -> Account:
    """Whose account this machine reaches, and whether the stage is deployed there."""
    try:
        sts = clients("sts")
        number, region = str(sts.get_caller_identity()["Account"]), str(sts.meta.region_name)
    except (BotoCoreError, ClientError) as error:
        return Account(why=str(error).rstrip("."))
    try:
        stacks = clients("cloudformation").describe_stacks(StackName=f"heedful-{stage}")["Stacks"]
    except (BotoCoreError, ClientError) as error:
        # The only trouble that describe_stacks reports as a validation error is a missing stack.
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        why = "" if code == "ValidationError" else str(error).rstrip(".")
        return Account(number=number, region=region, why=why)
    found = next((one for one in stacks if one["StackStatus"] != "DELETE_COMPLETE"), None)
    if found is not None and found["StackStatus"] in ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"):
        found = None
    return Account(number=number, region=region, stack=found)


def services_before_deployment(stage: str, endpoint_url: str | None) -> Services:
    """The same session, source modules and secrets as Lambda's; there is no table yet.

    Beside an embedded AWS on this machine sources may be on this machine too.
    """
    none_yet = "not-deployed"
    is_embedded = endpoint_url is not None and urlsplit(endpoint_url).hostname in LOOPBACK
    return build_services(
        Settings.from_env(
            {
                "HEEDFUL_TABLE": none_yet,
                "HEEDFUL_PULLS_QUEUE": none_yet,
                "HEEDFUL_FEEDBACK_QUEUE": none_yet,
                "HEEDFUL_SECRETS_PATH": f"/heedful/{stage}",
                "HEEDFUL_ENDPOINT_URL": endpoint_url or "",
                "HEEDFUL_ALLOW_LOOPBACK_SOURCES": "1" if is_embedded else "",
            }
        )
    )


def check_all(
    services: Services,
    clients: Clients,
    *,
    account: Account,
    stage: str,
    written: Sequence[Business],
    stored: Sequence[Business],
) -> Checked:
    """Every row. `written` stands in heedful.toml, `stored` is what the stage goes by."""
    rows = [_account_row(account), *_stage_rows(account, stage)]
    businesses = tuple(written) or tuple(stored)
    is_deployed = account.stack is not None
    if is_deployed and written:
        rows += _difference_rows(written, stored, stage)
    for business in businesses:
        rows += _source_rows(services, clients, business, stage, is_deployed=is_deployed)
    for business in businesses:
        if not is_deployed:
            rows += contact_rows(business, {})
            continue
        dead = services.store.dead_addresses(business.business_id)
        rows += contact_rows(business, dead, services.store.standins(business.business_id))
    if account.number:
        given = named(account.stack, "Parameter") if account.stack else {}
        backend = given.get("SmsBackend")
        rows += email_rows(clients, businesses, given.get("Sender", ""))
        rows += sms_rows(clients, businesses, SmsBackend(backend) if backend else None)
    if account.stack is not None:
        rows += health_rows(clients, services, account.stack, services.clock())
    return Checked(rows=tuple(rows))


def _account_row(account: Account) -> Row:
    if account.number:
        return Row(
            what="AWS account",
            finding=Finding.GOOD,
            is_reachable=True,
            trouble=f"number {account.number}, region {account.region}",
        )
    return Row(
        what="AWS account",
        finding=Finding.TO_FIX,
        is_reachable=False,
        trouble=account.why,
        to_fix=AWS_HINT,
    )


def _stage_rows(account: Account, stage: str) -> Iterator[Row]:
    if account.stack is not None:
        yield stack_row(stage, account.stack)
    elif account.number and account.why:
        yield Row(
            what=f"stage {stage}",
            finding=Finding.TO_FIX,
            trouble=f"cannot be seen: {account.why}",
            to_fix="Allow cloudformation:DescribeStacks to whoever runs this command",
        )
    else:
        yield Row(
            what=f"stage {stage}",
            finding=Finding.NOTE,
            trouble="not deployed yet in this account and region; sources are called from here",
            to_fix=f"When the rows below are good, run ./dev heedful deploy --stage {stage}",
        )


def _stored(services: Services) -> tuple[Business, ...]:
    names = services.store.list_businesses()
    found = (services.store.load_business(name) for name in names)
    return tuple(business for business in found if business is not None)


def _difference_rows(
    written: Sequence[Business], stored: Sequence[Business], stage: str
) -> Iterator[Row]:
    known = {business.business_id: business for business in stored}
    lines = [
        line
        for business in written
        for line in changes_between(known.get(business.business_id), business)
    ]
    kept = {business.business_id for business in written}
    lines += [f"- business {name}" for name in known if name not in kept]
    if lines:
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        yield Row(
            what="heedful.toml",
            finding=Finding.TO_FIX,
            trouble=f"the stage goes by another one ({lines[0]}{more})",
            to_fix=f"Run ./dev heedful apply --stage {stage}",
        )


def _source_rows(
    services: Services,
    clients: Clients,
    business: Business,
    stage: str,
    *,
    is_deployed: bool,
) -> Iterator[Row]:
    for settings in business.sources:
        kind = services.source_kinds.get(settings.kind)
        if kind is None:
            yield Row(
                what=f"{business.business_id}/{settings.name} ({settings.kind})",
                finding=Finding.TO_FIX,
                trouble="this version of Heedful does not know this kind",
                to_fix="Use the version that is deployed, or correct kind in heedful.toml",
            )
            continue
        state = (
            services.store.load_source(business.business_id, settings.name) if is_deployed else None
        )
        yield check_source(
            services,
            Asked(
                business=business,
                settings=settings,
                kind=kind,
                state=state,
                stage=stage,
                stored_at=_stored_at(clients, stage, settings),
            ),
        )


def _stored_at(clients: Clients, stage: str, settings: SourceSettings) -> datetime | None:
    """When a secret that lives for a while was put into SSM."""
    if settings.kind not in LIVES_FOR or not settings.secret:
        return None
    # Whatever goes wrong here is said by the row of the source, which reads the secret too.
    with contextlib.suppress(BotoCoreError, ClientError):
        answer = clients("ssm").get_parameter(Name=f"/heedful/{stage}/{settings.secret}")
        moment = answer["Parameter"].get("LastModifiedDate")
        return moment.astimezone(UTC) if isinstance(moment, datetime) else None
    return None
