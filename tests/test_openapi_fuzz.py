"""The public routes against their document, in small; `./dev prove openapi` asks for more."""

import pytest

from proofs.openapi.__main__ import prove, wrong_with


def test_every_route_answers_as_documented_whatever_it_is_asked() -> None:
    lines: list[str] = []

    tally = prove(lines.append, examples=3)

    print(lines[-1])  # noqa: T201  shown with -rP
    assert tally.wrong == []
    assert {method for method, _, _ in tally.answers} == {"get", "post", "head"}
    assert tally.answers.total() >= 3 * tally.operations


@pytest.mark.parametrize(
    ("status", "word"), [(500, "breaks"), (502, "breaks"), (201, "nobody documented")]
)
def test_a_planted_answer_that_nobody_documented_is_found(status: int, word: str) -> None:
    assert word in wrong_with("get", "/i/{token}", status, frozenset({200, 410}))
    assert wrong_with("get", "/i/{token}", 410, frozenset({200, 410})) == ""
