"""What the functions read from their environment: names of resources, never a secret.

The template sets every variable; a missing one stops the function at its start and names itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.business import SmsBackend
from chalicelib.domain.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One value per variable. `endpoint_url` and `allow_loopback_sources` are for a local run.

    The dead-letter queues are those of the feedback, of the pulls and of failed calls, in this
    order.
    """

    table: str
    pulls_queue: str
    feedback_queue: str
    dead_letter_queues: tuple[str, ...]
    sender: str
    operator: str
    configuration_set: str
    page_address: str
    secrets_path: str
    watch_function: str
    pull_function: str
    sms_backend: SmsBackend
    endpoint_url: str | None
    allow_loopback_sources: bool

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check them all. Raises SettingsError naming the variable and the fix."""
        backend = environ.get("HEEDFUL_SMS_BACKEND") or SmsBackend.SNS
        if backend not in tuple(SmsBackend):
            known = ", ".join(SmsBackend)
            raise SettingsError(f"HEEDFUL_SMS_BACKEND is {backend!r}; it must be one of {known}")
        return cls(
            table=_required(environ, "HEEDFUL_TABLE"),
            pulls_queue=_required(environ, "HEEDFUL_PULLS_QUEUE"),
            feedback_queue=_required(environ, "HEEDFUL_FEEDBACK_QUEUE"),
            dead_letter_queues=tuple(environ.get("HEEDFUL_DEAD_LETTER_QUEUES", "").split()),
            sender=environ.get("HEEDFUL_SENDER", ""),
            operator=environ.get("HEEDFUL_OPERATOR", ""),
            configuration_set=environ.get("HEEDFUL_CONFIGURATION_SET", ""),
            page_address=environ.get("HEEDFUL_PAGE_ADDRESS", "").rstrip("/"),
            secrets_path=environ.get("HEEDFUL_SECRETS_PATH", "/heedful"),
            watch_function=environ.get("HEEDFUL_WATCH_FUNCTION", ""),
            pull_function=environ.get("HEEDFUL_PULL_FUNCTION", ""),
            sms_backend=SmsBackend(backend),
            endpoint_url=environ.get("HEEDFUL_ENDPOINT_URL") or None,
            allow_loopback_sources=environ.get("HEEDFUL_ALLOW_LOOPBACK_SOURCES") == "1",
        )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise SettingsError(
            f"the environment variable {name} is missing; the template sets it, so deploy again "
            "with ./dev heedful deploy"
        )
    return value
