"""The proof of the approved text, at a small size; `./dev prove replies` is the full one."""

from proofs.replies.__main__ import prove


def test_nothing_reaches_a_site_that_nobody_approved_as_it_stands() -> None:
    lines: list[str] = []

    tally = prove(lines.append, lives=25, steps=40)

    print(lines[-1])  # noqa: T201  shown with -rP
    assert tally.wrong == []
    assert tally.reached > 5
