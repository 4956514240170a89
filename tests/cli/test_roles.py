"""What a contact may do on the owner's pages, as heedful.toml says it."""

from pathlib import Path

import pytest

from chalicelib.domain.errors import SettingsError
from chalicelib.domain.session import Role
from tests.cli.test_digest_settings import contact_with


@pytest.mark.parametrize(
    ("settings", "role"),
    [
        ("", Role.OWNER),
        ('role = "owner"\n', Role.OWNER),
        ('role = "staff"\n', Role.STAFF),
        ('role = "read_only"\n', Role.READ_ONLY),
    ],
)
def test_a_contact_is_an_owner_unless_said_otherwise(
    settings: str, role: Role, tmp_path: Path
) -> None:
    assert contact_with(settings, tmp_path).role is role


@pytest.mark.parametrize("role", ["admin", "", "Owner", "read-only"])
def test_a_role_that_is_none_is_a_mistake_and_not_an_owner(role: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="role"):
        contact_with(f'role = "{role}"\n', tmp_path)
