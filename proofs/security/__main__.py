"""Run all scanners: `python -m proofs.security`. 0 when nothing is found but what is waived."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chalicelib.cli.package import cached_package
from proofs.security.findings import Finding, left_over, read_waivers
from proofs.security.planted import plant, sorted_out
from proofs.security.scanners import (
    CODE,
    ROOT,
    WRITTEN,
    ScannerFailed,
    bandit,
    checkov,
    detect_secrets,
    parliament,
    semgrep,
)

Scan = Callable[[], list[Finding]]
# Two cores are what most machines have at least.
AT_ONCE = 2


def own_rules() -> list[Finding]:
    """Our rules over the code and over planted faults. Raises ScannerFailed when one is blind."""
    with tempfile.TemporaryDirectory() as folder:
        plant(Path(folder))
        found, blind = sorted_out(semgrep((*CODE, folder)), Path(folder))
    if blind:
        raise ScannerFailed(f"rules that no longer find their planted fault: {sorted(blind)}")
    return found


def timed(scan: Scan) -> tuple[list[Finding], float]:
    """What a scanner found, and how long it took."""
    begun = time.monotonic()
    return scan(), time.monotonic() - begun


def main() -> int:
    """0 when nothing is open and no waiver is idle."""
    path = cached_package(stage="test").template
    template = json.loads(path.read_text())
    scans: dict[str, Scan] = {
        "bandit": bandit,
        "semgrep": own_rules,
        "detect-secrets": lambda: detect_secrets((*WRITTEN, str(path.relative_to(ROOT)))),
        "checkov": lambda: checkov(template),
        "parliament": lambda: parliament(template),
    }
    findings: list[Finding] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, (found, seconds) in zip(scans, pool.map(timed, scans.values()), strict=True):
            findings += found
            sys.stdout.write(f"{name:16}{len(found):4} findings, {seconds:.0f} s\n")
    waivers = read_waivers()
    left, idle = left_over(findings, waivers)
    for one in left:
        sys.stdout.write(f"  {one}\n")
    for waiver in idle:
        sys.stdout.write(f"  a waiver that covers nothing: {waiver.scanner} {waiver.rule}\n")
    sys.stdout.write(
        f"security: {len(left)} open findings, {len(findings) - len(left)} waived "
        f"by {len(waivers)} written waivers\n"
    )
    return 1 if left or idle else 0


if __name__ == "__main__":
    sys.exit(main())
