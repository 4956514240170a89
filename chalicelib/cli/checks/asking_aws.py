"""Questions to AWS that must not end the whole check when one of them is refused."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.cli.checks.rows import Finding, Row

# A function from a service's name to its boto3 client.
Clients = Callable[[str], Any]
REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
    }
)


def rows_or_why(what: str, action: str, look: Callable[[], list[Row]]) -> list[Row]:
    """The rows, or one that says why there are none. `action` is the right that it takes."""
    try:
        return look()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        if code in REFUSED:
            return [
                Row(
                    what=what,
                    finding=Finding.TO_FIX,
                    trouble="this cannot be seen with these credentials",
                    to_fix=f"Allow {action} to whoever runs this command",
                )
            ]
        return [_unseen(what, code)]
    except BotoCoreError as error:
        return [_unseen(what, type(error).__name__)]


def _unseen(what: str, why: str) -> Row:
    return Row(
        what=what,
        finding=Finding.NOTE,
        trouble=f"AWS does not show this here ({why})",
        to_fix="Look it up in the AWS console",
    )
