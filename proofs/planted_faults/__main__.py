"""All planted faults, each against its proof at full length."""

import sys

from proofs.planted_faults.plant import catches

SEEDS = 300


def main() -> int:
    """0 when each is found."""
    found = catches(every=1, seeds=SEEDS)
    for one in found:
        sys.stdout.write(f"{one}\n")
    caught = sum(one.found > 0 for one in found)
    sys.stdout.write(f"planted-faults: {caught} of {len(found)} caught\n")
    return 0 if caught == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
