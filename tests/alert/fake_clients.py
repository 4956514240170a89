"""AWS clients that take what they are given, or answer with an error as AWS would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError


def an_error(code: str, message: str = "no", *, status: int = 400, **more: object) -> ClientError:
    """An answer of AWS that is an error; `more` are the fields beside it (`Reason`)."""
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(answer, "Send")


@dataclass
class FakeClient:
    """Remembers every request; raises `error` when there is one."""

    error: Exception | None = None
    requests: list[Mapping[str, Any]] = field(default_factory=list)
    exceptions: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(ClientError=ClientError)
    )

    def take(self, **request: Any) -> Mapping[str, str]:
        """Any of the three sending calls."""
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return {"MessageId": f"provider-{len(self.requests)}"}

    send_email = publish = send_text_message = take
