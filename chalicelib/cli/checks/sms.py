"""What stands between an alert and the owner's phone: sandbox, spend limit, numbers.

SNS and AWS End User Messaging have lists of their own; which one carries the texts is said by the
stack's parameter `SmsBackend`. SNS tells nobody when a text is dropped over the spend limit, so the
limit is looked at here.
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.cli.checks.asking_aws import Clients, rows_or_why
from chalicelib.cli.checks.rows import Finding, Row
from chalicelib.domain.business import Business, SmsBackend

COST = "about $0.01 to $0.10 a text, by country"
SNS, EUM = "SMS by SNS", "SMS by End User Messaging"
# What an account has that never asked for another limit, in US dollars a month.
USUAL_LIMIT_USD = 1.0
TEXT_LIMIT = "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"
ORIGINATION = "the US and some other countries take texts from a registered number or name only"


def sms_rows(
    client: Clients, businesses: Sequence[Business], deployed_with: SmsBackend | None
) -> list[Row]:
    """Nothing to ask of AWS while no business pays for texts."""
    paying = [business for business in businesses if business.sms.is_on]
    numbers = sorted({one.phone for business in paying for one in business.contacts if one.phone})
    if not numbers:
        trouble = "off: monthly_cap_usd is 0" if not paying else "on, and no contact has a phone"
        return [Row(what="SMS", finding=Finding.GOOD, trouble=trouble)]
    cap = sum(business.sms.monthly_cap_usd for business in paying)
    wished = {business.sms.backend for business in paying}
    backend = deployed_with or sorted(wished)[0]
    rows: list[Row] = []
    if deployed_with is not None and wished != {deployed_with}:
        other = sorted(wished - {deployed_with})[0]
        rows.append(
            Row(
                what="SMS",
                finding=Finding.TO_FIX,
                trouble=f"heedful.toml asks for {other}, the stage sends by {deployed_with}",
                to_fix=f"Run ./dev heedful deploy --parameter SmsBackend={other}, or change "
                "backend in heedful.toml",
            )
        )
    if backend is SmsBackend.SNS:
        sns = client("sns")
        return rows + rows_or_why(
            SNS, "sns:GetSMSSandboxAccountStatus", lambda: _sns(sns, numbers, cap)
        )
    voice = client("pinpoint-sms-voice-v2")
    return rows + rows_or_why(
        EUM, "sms-voice:DescribeAccountAttributes", lambda: _eum(voice, numbers, cap)
    )


def _sns(sns: Any, numbers: Sequence[str], cap: float) -> list[Row]:
    is_sandbox = sns.get_sms_sandbox_account_status()["IsInSandbox"]
    given = sns.get_sms_attributes(attributes=["MonthlySpendLimit"]).get("attributes", {})
    limit = _number(given.get("MonthlySpendLimit"), USUAL_LIMIT_USD)
    verified = _sns_verified(sns) if is_sandbox else frozenset()
    rows = [_account_row(SNS, limit, cap, is_sandbox=is_sandbox)]
    for number in numbers:
        if sns.check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"]:
            rows.append(_opted_out(number))
        elif is_sandbox and number not in verified:
            rows.append(_unverified(number, "SNS console, Text messaging, Sandbox destinations"))
    return rows


def _sns_verified(sns: Any) -> frozenset[str]:
    pages = sns.get_paginator("list_sms_sandbox_phone_numbers").paginate()
    return frozenset(
        one["PhoneNumber"]
        for page in pages
        for one in page["PhoneNumbers"]
        if one.get("Status") == "Verified"
    )


def _eum(voice: Any, numbers: Sequence[str], cap: float) -> list[Row]:
    attributes = voice.describe_account_attributes()["AccountAttributes"]
    is_sandbox = {"Name": "ACCOUNT_TIER", "Value": "SANDBOX"} in attributes
    limits = {one["Name"]: one for one in voice.describe_spend_limits()["SpendLimits"]}
    limit = _number(limits.get(TEXT_LIMIT, {}).get("EnforcedLimit"), USUAL_LIMIT_USD)
    rows = [_account_row(EUM, limit, cap, is_sandbox=is_sandbox)]
    if (
        not voice.describe_phone_numbers()["PhoneNumbers"]
        and not (voice.describe_sender_ids()["SenderIds"])
    ):
        rows.append(
            Row(
                what=f"{EUM}: sender",
                finding=Finding.TO_FIX,
                trouble=f"there is no number and no sender name to send from; {ORIGINATION}",
                to_fix="Choose Request originator in the End User Messaging console",
            )
        )
    if is_sandbox:
        found = voice.describe_verified_destination_numbers()["VerifiedDestinationNumbers"]
        verified = {one["DestinationPhoneNumber"] for one in found if one["Status"] == "VERIFIED"}
        where = "End User Messaging console, Verified destination numbers"
        rows += [_unverified(number, where) for number in numbers if number not in verified]
    return rows


def _account_row(what: str, limit: float, cap: float, *, is_sandbox: bool) -> Row:
    quota = f"${limit:g} a month"
    if limit < cap:
        return Row(
            what=what,
            finding=Finding.TO_FIX,
            is_reachable=True,
            quota=quota,
            cost=COST,
            trouble=f"AWS drops texts beyond ${limit:g} a month without a word, and heedful.toml "
            f"allows ${cap:g}",
            to_fix=f"Ask AWS Support for an SMS spend limit of ${cap:g}, or lower monthly_cap_usd",
        )
    if is_sandbox:
        return Row(
            what=what,
            finding=Finding.NOTE,
            is_reachable=True,
            quota=quota,
            cost=COST,
            trouble="sandbox: texts go to verified numbers only",
            to_fix="Choose Exit SMS sandbox in its console",
        )
    return Row(
        what=what,
        finding=Finding.GOOD,
        is_reachable=True,
        quota=quota,
        cost=COST,
        trouble=f"production; {ORIGINATION}",
    )


def _unverified(number: str, where: str) -> Row:
    return Row(
        what=f"phone …{number[-4:]}",
        finding=Finding.TO_FIX,
        trouble="not verified, and the account is in the sandbox",
        to_fix=f"Add it in the {where} and type the code that comes",
    )


def _opted_out(number: str) -> Row:
    return Row(
        what=f"phone …{number[-4:]}",
        finding=Finding.TO_FIX,
        trouble="its owner has answered STOP and gets no text",
        to_fix="Opt it in again in the SNS console (once in 30 days), or take it out of "
        "heedful.toml",
    )


def _number(given: Any, otherwise: float) -> float:
    try:
        return float(given)
    except (TypeError, ValueError):
        return otherwise
