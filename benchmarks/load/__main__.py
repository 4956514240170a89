"""Run the load benchmark: `python -m benchmarks.load [--json] [--texts 300] [--requests 2000]`.

Exits with 1 when the handler keeps the model waiting for more than a fifth of its time.
"""

import argparse
import json
import sys
from dataclasses import asdict

from benchmarks.load.storm import cold_starts, storm, texts, webhook
from chalicelib.wiring import model

LEAST_RATIO = 0.8


def main() -> int:
    """0 when handler throughput by bare model throughput is at least `LEAST_RATIO`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    asked = webhook(options.requests)
    found = storm(texts(options.texts), model())
    starts = cold_starts()
    say = sys.stdout.write
    if options.json:
        figures = {"storm": asdict(found), "webhook": asdict(asked), "cold_cpu_seconds": starts}
        say(json.dumps(figures) + "\n")
    else:
        say(f"texts per second and core            {found.per_second:10.1f}\n")
        say(f"the same by the model alone          {found.texts / found.bare_seconds:10.1f}\n")
        say(f"share of time that is not the model  {100 * found.share_beside_model:10.1f} %\n")
        say(f"p99 of a batch of ten                {1000 * found.p99_seconds:10.0f} ms\n")
        say(f"peak memory                          {found.peak_mb:10.0f} MB\n")
        say(f"surveys per second and core          {asked.per_second:10.0f}\n")
        say(f"p99 of a survey                      {1000 * asked.p99_seconds:10.1f} ms\n")
        for name, seconds in starts.items():
            say(f"processor time to start, {name:20}{seconds:10.2f} s\n")
    ok = found.ratio >= LEAST_RATIO
    say(
        f"load: handler throughput / bare model throughput {found.ratio:.2f} "
        f"(at least {LEAST_RATIO}) over {found.texts} texts, "
        f"{asked.per_second:.0f} surveys a second and core\n"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
