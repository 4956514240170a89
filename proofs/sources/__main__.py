"""Play each source on the loopback and count what arrives as it must.

A source counts as whole when every field reaches the feedback, every fault leaves its row as it
was, and its pages, edits and deletions arrive once, as far as its service shows them at all.
"""

import sys
from collections.abc import Callable

from tests.pull.faults import FAULTS, try_fault
from tests.pull.mailbox_faults import MAILBOX_FAULTS, try_mailbox_fault
from tests.pull.played.everywhere import MAILBOXES, PLAYED
from tests.pull.playing import Played
from tests.pull.scenarios import deletion_trouble, edit_trouble, field_trouble, page_trouble


def main() -> int:
    """0 when every source is whole."""
    whole = fields = passed = tried = 0
    everywhere: dict[str, type[Played]] = {**PLAYED, **MAILBOXES}
    head = ("source", "fields", "faults", "pages", "edits", "deletions")
    sys.stdout.write("{:20}{:>8}{:>8}{:>7}{:>7}{:>11}\n".format(*head))
    for kind, played in everywhere.items():
        troubles = {f"field {path}": field_trouble(played, path) for path in played.fields}
        mapped = sum(not trouble for trouble in troubles.values())
        trials = _trials(kind)
        taken = sum(not trouble for trouble in trials.values())
        does = {
            "pages": _does(played, played.has_pages, page_trouble),
            "edits": _does(played, played.has_edits, edit_trouble),
            "deletions": _does(played, played.has_deletions, deletion_trouble),
        }
        sys.stdout.write(
            f"{kind:20}{mapped:>5}/{len(played.fields):<2}{taken:>5}/{len(trials)}"
            + "".join(f"{_word(found):>{9 if name == 'deletions' else 7}}"
                      for name, found in does.items()) + "\n"
        )  # fmt: skip
        found = {**troubles, **trials, **{name: found or "" for name, found in does.items()}}
        for name, trouble in found.items():
            if trouble:
                sys.stdout.write(f"  {name}: {trouble}\n")
        fields, passed, tried = fields + mapped, passed + taken, tried + len(trials)
        whole += not any(found.values())
    sys.stdout.write(
        f"sources: {whole} of {len(everywhere)} whole, {fields} fields, "
        f"{passed} of {tried} faults taken\n"
    )
    return 0 if whole == len(everywhere) else 1


def _trials(kind: str) -> dict[str, str]:
    if kind in MAILBOXES:
        return {fault.name: try_mailbox_fault(fault) for fault in MAILBOX_FAULTS}
    return {fault.name: try_fault(PLAYED[kind](), fault) for fault in FAULTS}


def _does(played: type[Played], shows: bool, trouble: Callable[[type[Played]], str]) -> str | None:
    return trouble(played) if shows else None


def _word(found: str | None) -> str:
    return "-" if found is None else "no" if found else "yes"


if __name__ == "__main__":
    sys.exit(main())
