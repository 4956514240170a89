"""Secrets from the SSM parameter store, which costs nothing where Secrets Manager would."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.clock import Clock
from chalicelib.domain.errors import SettingsError

KEPT = timedelta(minutes=5)
# That there is none is remembered too: else each stranger who calls a webhook without a secret
# costs a call. Whoever has just made one waits a minute at the most.
ABSENCE_KEPT = timedelta(minutes=1)


class SsmSecrets:
    """Implements `ports.Secrets`: SecureString parameters below one path.

    While a secret is being rotated its parameter holds two lines, the newer one first.
    """

    def __init__(self, path: str, client: Any, clock: Clock) -> None:
        self._client = client
        self._path = path.rstrip("/")
        self._clock = clock
        self._kept: dict[str, tuple[datetime, tuple[str, ...]]] = {}
        self._missing: dict[str, tuple[datetime, str]] = {}

    def get(self, name: str) -> tuple[str, ...]:
        """See the port; a value is at most five minutes old, and that there is none at most one."""
        now = self._clock()
        kept = self._kept.get(name)
        if kept is not None and kept[0] <= now < kept[0] + KEPT:
            return kept[1]
        missing = self._missing.get(name)
        if missing is not None and missing[0] <= now < missing[0] + ABSENCE_KEPT:
            raise SettingsError(missing[1])
        try:
            values = self._read(f"{self._path}/{name}")
        except SettingsError as error:
            self._missing[name] = (now, str(error))
            raise
        self._missing.pop(name, None)
        self._kept[name] = (now, values)
        return values

    def keep(self, name: str, value: str) -> bool:
        """See the port."""
        try:
            self._client.put_parameter(
                Name=f"{self._path}/{name}", Value=value, Type="SecureString", Overwrite=False
            )
        except self._client.exceptions.ParameterAlreadyExists:
            return False
        self._kept.pop(name, None)
        self._missing.pop(name, None)
        return True

    def _read(self, parameter: str) -> tuple[str, ...]:
        try:
            answer = self._client.get_parameter(Name=parameter, WithDecryption=True)
        except self._client.exceptions.ParameterNotFound as error:
            raise _missing(parameter, "does not exist") from error
        lines = answer["Parameter"]["Value"].splitlines()
        values = tuple(line.strip() for line in lines if line.strip())
        if not values:
            raise _missing(parameter, "is empty")
        return values

    def __repr__(self) -> str:
        return f"SsmSecrets({self._path!r})"


def _missing(parameter: str, what: str) -> SettingsError:
    return SettingsError(
        f"the secret {parameter} {what}; create it with: aws ssm put-parameter "
        f"--name {parameter} --type SecureString --overwrite --value 'THE SECRET'"
    )
