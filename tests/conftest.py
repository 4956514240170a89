"""What the whole suite shares: reproducible property tests, and what the artifact ran on."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every machine and every run; `./dev prove` searches further.
settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

ARTIFACT_LINES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Room for what the artifact's tests want to say in the summary."""
    config.stash[ARTIFACT_LINES] = []
    # A run started in the background inherits a Ctrl-C that is ignored, and so would every program
    # that a test starts and then stops that way: it would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def say_of_artifact(request: pytest.FixtureRequest) -> list[str]:
    """Lines that are printed before the summary."""
    return request.config.stash[ARTIFACT_LINES]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which artifact was proven."""
    for line in config.stash[ARTIFACT_LINES]:
        terminalreporter.write_line(line)
