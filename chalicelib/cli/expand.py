"""Runs Chalice on a staged copy of the application: template and code archive for another Python.

Run as a file in a process of its own, because Chalice imports the application it packs:
`python expand.py PROJECT OUT STAGE RUNTIME MERGE_TEMPLATE`.
"""

import sys
import warnings

from chalice.cli.factory import CLIFactory
from chalice.config import Config


def expand(project: str, out: str, stage: str, runtime: str, merge_template: str) -> None:
    """Write `sam.json` and `deployment.zip` for `runtime` (as "python3.13") into `out`."""
    # Chalice takes the version it runs under and offers no setting; the caller checks what
    # came out, so a Chalice that no longer reads this property is noticed.
    Config.lambda_python_version = property(lambda config: runtime)  # type: ignore[method-assign, assignment]
    warnings.filterwarnings("ignore", message="You are currently running", category=UserWarning)
    factory = CLIFactory(project, environ={})
    config = factory.create_config_obj(stage)
    packager = factory.create_app_packager(
        config, factory.create_package_options(), "cloudformation", "json", merge_template
    )
    packager.package_app(config, out, stage)


if __name__ == "__main__":
    expand(*sys.argv[1:])
