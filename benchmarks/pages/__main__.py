"""Run it: `python -m benchmarks.pages [--json] [--voices 100000]`.

Exits with 1 when a page weighs 100 KB or reads 20 units, whatever was kept.
"""

import argparse
import json
import sys
from dataclasses import asdict

from benchmarks.pages.shop import costs

MOST_BYTES, MOST_UNITS = 100_000, 20


def main() -> int:
    """0 when every page stays below both limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = costs(options.voices)
    say = sys.stdout.write
    if options.json:
        say(json.dumps([asdict(one) for one in found]) + "\n")
    else:
        say(f"{options.voices} voices kept\n{'page':20}{'bytes':>10}{'read units':>12}\n")
        for one in found:
            say(f"{one.page:20}{one.size:>10}{one.read_units:>12.1f}\n")
    large = [one for one in found if one.size >= MOST_BYTES or one.read_units >= MOST_UNITS]
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
