"""A site that misbehaves on demand."""

from collections.abc import Iterator

import pytest

from tests.pull.site import Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    """A fresh site on the loopback."""
    with running_site() as running:
        yield running
