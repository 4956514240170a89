"""`heedful secret set`: a credential into SSM, where the functions read it; it is never shown.

A parameter holds one value a line: the newest first, and during a rotation the one before it.
"""

import json
import re
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import HeedfulError, UserError

NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){0,5}")
# A standard parameter costs nothing and holds this many bytes.
MOST_BYTES = 4096


class SecretNotStored(HeedfulError):
    """SSM did not take the value; says its code alone, because its message may quote the value."""


def one_line(given: str) -> str:
    """The value in the form in which it is kept. Raises UserError for what cannot be one.

    A file of JSON (the key of a service account) is written in many lines and means the same in
    one; any other value of many lines would be taken for several.
    """
    value = given.strip().removeprefix("\ufeff")
    if not value:
        raise UserError(
            "nothing was given; type the secret, or send it in: … secret set NAME < FILE"
        )
    if len(value.splitlines()) > 1:
        try:
            value = json.dumps(json.loads(value), separators=(",", ":"))
        except ValueError as error:
            raise UserError(
                "the secret has more than one line; give one line, or JSON (docs/sources.md says "
                "in which form)"
            ) from error
    if len(value.encode()) > MOST_BYTES:
        raise UserError(f"the secret is longer than {MOST_BYTES} bytes, which SSM does not keep")
    return value


def checked_name(name: str) -> str:
    """The name if it can be one. Raises UserError, which does not repeat it: people paste the
    secret itself there."""
    if not NAME.fullmatch(name) or name.startswith("whsec_"):
        raise UserError(
            "that is no name of a secret; use letters, digits and . _ - with / between, such as "
            "rosa-bakery/google"
        )
    return name


def store_secret(
    ssm: Any, stage: str, name: str, value: str, *, keeps_present: bool = False
) -> str:
    """Write it below the stage's path; the parameter's full name.

    With `keeps_present` the value that is there stays as the second line, so that senders may
    still sign with it. Raises UserError for a bad name, SecretNotStored when SSM refuses.
    """
    parameter = f"/heedful/{stage}/{checked_name(name)}"
    lines = [one_line(value)]
    try:
        if keeps_present:
            lines += [one for one in _present(ssm, parameter) if one not in lines][:1]
        whole = "\n".join(lines)
        if len(whole.encode()) > MOST_BYTES:
            raise UserError("both secrets together are longer than SSM keeps; leave out --rotate")
        ssm.put_parameter(Name=parameter, Value=whole, Type="SecureString", Overwrite=True)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise SecretNotStored(
            f"SSM did not take {parameter} ({code}); set AWS_PROFILE and AWS_REGION to an account "
            "that may call ssm:PutParameter"
        ) from None
    except BotoCoreError as error:
        raise SecretNotStored(
            f"SSM cannot be reached ({type(error).__name__}); set AWS_PROFILE and AWS_REGION, or "
            "run aws configure"
        ) from None
    return parameter


def _present(ssm: Any, parameter: str) -> list[str]:
    try:
        answer = ssm.get_parameter(Name=parameter, WithDecryption=True)
    except ssm.exceptions.ParameterNotFound:
        return []
    return [line for line in str(answer["Parameter"]["Value"]).splitlines() if line.strip()]
