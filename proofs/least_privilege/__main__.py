"""Drive every handler on the embedded AWS, note each call, compare with its policy file.

The comparison is the suite's own (tests/test_least_privilege.py, and what test_template.py asks of
the packaged roles); here its figures are printed.
"""

import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.test_least_privilege import FILES, granted

ROOT = Path(__file__).resolve().parents[2]


class Results:
    """Counts how each test ended."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """pytest calls this after each step of each test."""
        if report.when == "call" or report.outcome != "passed":
            self.ended[report.outcome] += 1


def main() -> int:
    """0 when every function may do exactly what it does."""
    results = Results()
    chosen = "least_privilege or role or may_ or only_watch or public_routes or wildcard"
    status = pytest.main(
        [
            "-q", "--no-header", "-p", "no:cacheprovider", "-k", chosen,
            str(ROOT / "tests" / "test_least_privilege.py"),
            str(ROOT / "tests" / "test_template.py"),
        ],
        plugins=[results],
    )  # fmt: skip
    rights = {function: len(granted(function)) for function in FILES}
    for function, count in rights.items():
        sys.stdout.write(f"{function:18} {count:3} rights\n")
    failed = results.ended.total() - results.ended["passed"]
    sys.stdout.write(
        f"least-privilege: {sum(rights.values())} rights of {len(rights)} functions, "
        f"{results.ended['passed']} checks passed, {failed} did not\n"
    )
    return 0 if status == 0 and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
