"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path

import click

DEFAULT_FILE = "heedful.toml"


def on_aws(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that talks to a deployed Heedful."""
    command = click.option("--stage", default="prod", show_default=True)(command)
    return click.option("--endpoint-url", default=None, hidden=True)(command)


def settings_file(command: Callable[..., None]) -> Callable[..., None]:
    """Which heedful.toml."""
    return click.option(
        "--file", "path", type=click.Path(path_type=Path), default=DEFAULT_FILE, show_default=True
    )(command)
