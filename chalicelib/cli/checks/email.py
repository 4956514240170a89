"""What stands between an alert and the owner's mailbox: SES's sandbox, quota and identities."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.cli.checks.asking_aws import Clients, rows_or_why
from chalicelib.cli.checks.rows import Finding, Row
from chalicelib.domain.business import Business

COST = "$0.10 per 1,000"
SES = "e-mail by SES"


def email_rows(client: Clients, businesses: Sequence[Business], sender: str) -> list[Row]:
    """The account, the sender (empty before deployment), and in the sandbox each recipient."""
    ses = client("sesv2")
    return rows_or_why(SES, "ses:GetAccount", lambda: _account(ses, businesses, sender))


def _account(ses: Any, businesses: Sequence[Business], sender: str) -> list[Row]:
    account = ses.get_account()
    is_sandbox = account.get("ProductionAccessEnabled") is False
    recipients = sorted(
        {one.email for business in businesses for one in business.contacts if one.email}
    )
    asked = {"sender": [sender] if sender else [], "recipient": recipients if is_sandbox else []}
    rows = [_account_row(account, is_sandbox=is_sandbox)]
    for kind, addresses in asked.items():
        for address in addresses:
            rows += rows_or_why(
                f"{kind} {address}",
                "ses:GetEmailIdentity",
                lambda kind=kind, address=address: [  # type: ignore[misc]
                    _identity_row(ses, kind, address)
                ],
            )
    if not sender:
        rows += rows_or_why(
            "verified senders", "ses:ListEmailIdentities", lambda: [_identities_row(ses)]
        )
    return rows


def _account_row(account: dict[str, Any], *, is_sandbox: bool) -> Row:
    quota = account.get("SendQuota", {})
    most, sent = float(quota.get("Max24HourSend", 0)), float(quota.get("SentLast24Hours", 0))
    left = "no limit" if most < 0 else f"{most - sent:.0f} of {most:.0f} a day"
    row = Row(
        what=SES,
        finding=Finding.GOOD,
        is_reachable=True,
        quota=left,
        cost=COST,
        trouble="production",
    )
    if account.get("SendingEnabled") is False or account.get("EnforcementStatus") == "SHUTDOWN":
        return replace(
            row,
            finding=Finding.TO_FIX,
            trouble="AWS has stopped this account from sending",
            to_fix="Open Account dashboard in the SES console and answer the case that AWS opened",
        )
    if account.get("EnforcementStatus") == "PROBATION":
        return replace(
            row,
            finding=Finding.TO_FIX,
            trouble="AWS is looking into bounces and complaints of this account",
            to_fix="Open Reputation metrics in the SES console and take out addresses that bounce",
        )
    if 0 <= most <= sent:
        return replace(
            row,
            finding=Finding.TO_FIX,
            trouble="today's mails are used up",
            to_fix="Ask for a higher sending quota in the SES console under Account dashboard",
        )
    if is_sandbox:
        return replace(
            row,
            finding=Finding.NOTE,
            trouble="sandbox: mail goes to verified addresses only",
            to_fix="Choose Request production access in the SES console under Account dashboard",
        )
    return row


def _identity_row(ses: Any, kind: str, address: str) -> Row:
    what = f"{kind} {address}"
    known = _identity(ses, address)
    domain = known or _identity(ses, address.partition("@")[2])
    if domain is not None and domain.get("VerifiedForSendingStatus") is True:
        return Row(what=what, finding=Finding.GOOD, is_reachable=True, trouble="verified")
    if known is not None:
        return Row(
            what=what,
            finding=Finding.TO_FIX,
            trouble="not verified yet",
            to_fix="Click the link in the mail that AWS has sent there, or have it sent again from "
            "Identities in the SES console",
        )
    return Row(
        what=what,
        finding=Finding.TO_FIX,
        trouble="not verified",
        to_fix=f"Run aws sesv2 create-email-identity --email-identity {address} and click the link "
        "in the mail that comes"
        + ("" if kind == "sender" else ", or leave the sandbox (see the row above)"),
    )


def _identity(ses: Any, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = ses.get_email_identity(EmailIdentity=name)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "NotFoundException":
            raise
        return None
    return found


def _identities_row(ses: Any) -> Row:
    found = ses.list_email_identities(PageSize=100).get("EmailIdentities", [])
    names = sorted(one["IdentityName"] for one in found if one.get("SendingEnabled"))
    if names:
        return Row(what="verified senders", finding=Finding.GOOD, trouble=", ".join(names))
    return Row(
        what="verified senders",
        finding=Finding.NOTE,
        trouble="none yet",
        to_fix="The first ./dev heedful deploy --sender ADDRESS has AWS send a link to that "
        "address, which you click",
    )
