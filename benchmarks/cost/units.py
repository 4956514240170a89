"""What DynamoDB charges for: the size of an item, and the units of a read or a write.

Rules of the developer guide ("Item sizes and formats", "On-demand capacity mode"), read in
November 2026. moto and local stand-ins answer 1.0 for every call, so the units are counted here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Mapping[str, Any]]

WRITE_UNIT_BYTES = 1_024
READ_UNIT_BYTES = 4_096
# Kept beside each item, in the table and in each index it is in; charged as storage alone.
STORED_OVERHEAD_BYTES = 100
TRANSACTION = 2
EVENTUAL = 0.5


class Meter:
    """Billable units by name, and the part of the product that caused them.

    `owner` is the function at work; `calls` counts how often a unit was asked for at all.
    """

    def __init__(self) -> None:
        self.owner = "set up"
        self.units: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.calls: Counter[tuple[str, str]] = Counter()

    def add(self, unit: str, amount: float = 1) -> None:
        """So much more of that unit by one call of the function at work."""
        self.units[self.owner, unit] += amount
        self.calls[self.owner, unit] += 1

    def repeat(self, before: "Meter", times: int) -> None:
        """So many times more what was added since `before` was copied."""
        for (owner, unit), amount in list(self.units.items()):
            self.units[owner, unit] += times * (amount - before.units[owner, unit])
        for (owner, unit), calls in list(self.calls.items()):
            self.calls[owner, unit] += times * (calls - before.calls[owner, unit])

    def copy(self) -> "Meter":
        """As it stands now."""
        other = Meter()
        other.units |= self.units
        other.calls |= self.calls
        return other

    def total(self, unit: str) -> float:
        """Of all functions."""
        return sum(amount for (_, name), amount in self.units.items() if name == unit)


def item_bytes(row: Row) -> int:
    """Size of an item: names and values as UTF-8, numbers by their digits."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in row.items())


def value_bytes(value: Mapping[str, Any]) -> int:
    """Size of one attribute value. Raises ValueError for a type that no row of ours has."""
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(str(held).encode())
        case "N":
            digits = held.lower().split("e")[0].lstrip("-").replace(".", "").strip("0")
            # Two digits a byte, one byte for the exponent, one for a sign.
            return (len(digits) + 1) // 2 + 1 + int(held.startswith("-"))
        case "B":
            return len(bytes(held))
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + value_bytes(one) for one in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + value_bytes(one) for name, one in held.items())
    raise ValueError(f"no size is known for an attribute of type {kind}")


def write_units(*rows: Row | None) -> int:
    """Of one write: the greater of what was there and what is there now, one at least."""
    largest = max((item_bytes(row) for row in rows if row), default=0)
    return max(1, _whole(largest, WRITE_UNIT_BYTES))


def read_units(rows: Iterable[Row], *, is_consistent: bool) -> float:
    """Of one read of these rows together, as a query is charged; one unit (or half) at least."""
    units = max(1, _whole(sum(map(item_bytes, rows)), READ_UNIT_BYTES))
    return units if is_consistent else units * EVENTUAL


def _whole(size: int, unit: int) -> int:
    return -(-size // unit)
