"""Run the cost benchmark: `python -m benchmarks.cost [--json]`.

`--items` are those of three whole months, `--days` how much of each is simulated and then
stretched. What a million more costs is the difference of the two larger ones: from some thousand
items on nearly every look brings news, and only then does each item cost what it costs.

Exits with 1 when a month costs more than its budget.
"""

import argparse
import json
import sys
from dataclasses import asdict

from benchmarks.cost.bill import Bill, bill_of, price_list
from benchmarks.cost.month import Month, simulate
from chalicelib.wiring import model

# Dollars at list price: a month with 1,000 items, one with 100,000, a million more.
BUDGET_SMALL, BUDGET_LARGE, BUDGET_MILLION = 1.00, 3.00, 20.00
LARGE = 100_000


def main() -> int:
    """0 when every month is within its budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs=3, default=[1_000, 10_000, 30_000])
    parser.add_argument("--days", type=int, nargs=3, default=[30, 5, 2])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    months = [
        simulate(items * days // 30, model(), days=days)
        for items, days in zip(options.items, options.days, strict=True)
    ]
    small, middle, big = bills = tuple(map(bill_of, months))
    marginal = (big.dollars - middle.dollars) / (big.items - middle.items) * 1e6
    large = big.dollars + marginal * (LARGE - big.items) / 1e6
    say = sys.stdout.write
    if options.json:
        figures = {"bills": [asdict(one) for one in bills]}
        say(json.dumps(figures | {"marginal_per_million": marginal, "at_100000": large}) + "\n")
    else:
        for month, bill in zip(months, bills, strict=True):
            say(in_words(month, bill))
        say(beside(small))
    ok = within(small.dollars, large, marginal)
    say(
        f"cost: ${small.dollars:.2f} a month at {small.items:,} items (budget "
        f"${BUDGET_SMALL:.2f}), ${large:.2f} at {LARGE:,} extrapolated from {big.items:,} (budget "
        f"${BUDGET_LARGE:.2f}), ${marginal:.2f} for a million more (budget "
        f"${BUDGET_MILLION:.2f}): {'within' if ok else 'OVER BUDGET'}\n"
    )
    return 0 if ok else 1


def within(small: float, large: float, marginal: float) -> bool:
    """Whether all three stay within their budgets."""
    return small <= BUDGET_SMALL and large <= BUDGET_LARGE and marginal <= BUDGET_MILLION


def in_words(month: Month, bill: Bill) -> str:
    """The bill as a table."""
    lines = [
        f"{month.items:,} items in {month.days} days: {month.incidents} incidents, "
        f"{month.mails} mails\n"
    ]
    lines += [
        f"  {line.title:32}{line.amount:>14,.4g}   ${line.dollars:.4f}\n" for line in bill.lines
    ]
    lines += [f"  {'sum':32}{'':14}   ${bill.dollars:.4f}\n", "  of which caused by calls of\n"]
    lines += [f"    {name:30}{'':14}   ${spent:.4f}\n" for name, spent in bill.by_function.items()]
    return "".join(lines)


def beside(bill: Bill) -> str:
    """What others ask for the same."""
    lines = [f"beside it, for {bill.items:,} items a month:\n"]
    for other in price_list()["beside"]:
        dollars = other["monthly"] + other["per_1000_items"] * bill.items / 1000
        lines.append(f"  {other['what']:60} ${dollars:,.2f}  ({other['source']})\n")
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
