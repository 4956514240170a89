"""Which voices may be added to a customer, and what they add up to."""

from dataclasses import replace

import pytest

from chalicelib.domain.feedback import Feedback
from chalicelib.domain.profile import Known, tied_by_hand
from chalicelib.domain.sentiment import CriticalKind, Reading, ReadingStatus
from chalicelib.learn.profiles import figures_of, grouped, is_special, usable_traces
from chalicelib.privacy.traces import TraceKind, Tracer, protect
from tests.contracts.builders import HAPPY, NOW, UNHAPPY, a_feedback, scored
from tests.house import BAKERY

TRACES = ("t-order", "t-author", "t-mail")


def a_voice(**changes: object) -> Feedback:
    """A voice that carries three marks."""
    given = {"traces": TRACES, "author_id": "m-1", "order_reference": "A-7"}
    return replace(a_feedback(**given), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "consent", "usable"),
    [
        ("survey", False, ("t-order", "t-author")),
        ("survey", True, TRACES),
        ("mastodon", False, ("t-order",)),
        ("instagram", False, ("t-order",)),
        ("mastodon", True, TRACES),
    ],
)
def test_an_address_and_a_public_name_count_with_consent_alone(
    kind: str, consent: bool, usable: tuple[str, ...]
) -> None:
    voice = a_voice(has_consent=consent)

    assert usable_traces(voice, kind) == usable


@pytest.mark.parametrize(
    ("author", "order", "traces", "usable"),
    [
        (None, None, ("t-mail",), ()),
        ("m-1", None, ("t-author", "t-mail"), ("t-author",)),
        (None, "A-7", ("t-order", "t-mail"), ("t-order",)),
        ("m-1", "A-7", (), ()),
    ],
)
def test_only_the_marks_of_order_and_author_count_without_consent(
    author: str | None, order: str | None, traces: tuple[str, ...], usable: tuple[str, ...]
) -> None:
    voice = a_voice(author_id=author, order_reference=order, traces=traces)

    assert usable_traces(voice, "survey") == usable


def test_marks_are_made_in_the_order_that_is_relied_on() -> None:
    tracer = Tracer("bakery", lambda: "a key")
    said = a_voice(text="write to quirina@post.example", traces=())

    made = protect(said, "DE", tracer)

    assert made.traces == (
        tracer.order("A-7"),
        tracer.author(said.source, "m-1"),
        tracer.trace(TraceKind.EMAIL, "quirina@post.example"),
    )
    assert usable_traces(made, "survey") == made.traces[:2]


@pytest.mark.parametrize(
    ("trade", "critical", "special"),
    [
        ("bakery", (), False),
        ("", (CriticalKind.LEGAL_THREAT, CriticalKind.SAFETY), False),
        ("bakery", (CriticalKind.ALLERGY_ILLNESS,), True),
        ("bakery", (CriticalKind.SELF_HARM,), True),
        ("bakery", (CriticalKind.DISCRIMINATION,), True),
        ("clinic", (), True),
        ("Dentist", (), True),
        ("Physio-Praxis", (), True),
    ],
)
def test_special_categories_are_never_profiled(
    trade: str, critical: tuple[CriticalKind, ...], special: bool
) -> None:
    reading = replace(UNHAPPY, critical=critical)

    assert is_special(replace(BAKERY, trade=trade), reading) is special


@pytest.mark.parametrize(("n", "is_said"), [(0, False), (1, False), (4, False), (5, True)])
def test_a_share_is_said_from_five_voices_on(n: int, is_said: bool) -> None:
    figures = figures_of([scored(a_feedback(f"r{one}"), UNHAPPY) for one in range(n)])

    assert (figures.n, figures.read, figures.unhappy) == (n, n, n)
    assert (figures.negative is not None) is is_said
    if figures.negative is not None:
        # Wilson's score interval of 5 of 5, worked out by hand: 5 / (5 + 1.96^2).
        assert figures.negative.value == 1.0
        assert figures.negative.low == pytest.approx(5 / (5 + 1.959964**2), abs=1e-6)


def test_what_could_not_be_read_is_in_no_share_but_counted_as_a_voice() -> None:
    unread = Reading(status=ReadingStatus.UNSCORED, reason="language")
    voices = [
        scored(a_feedback("r1", has_consent=True), UNHAPPY),
        scored(a_feedback("r2"), HAPPY),
        scored(a_feedback("r3", source="other"), unread),
    ]

    figures = figures_of(voices)

    assert (figures.n, figures.read, figures.unhappy, figures.consented) == (3, 2, 1, 1)
    assert figures.sources[0][1] == 2
    assert figures.negative is None


def test_tied_marks_are_listed_once_in_the_order_of_the_first() -> None:
    def a_mark(trace: str) -> Known:
        return Known(
            business_id="bakery", trace=trace, feedback_id="f", heard_at=NOW, keep_until=NOW
        )

    one, three = tied_by_hand(a_mark("t-1"), a_mark("t-3"), "Rosa", NOW)

    people = grouped([one, a_mark("t-2"), three])

    assert [[known.trace for known in who] for who in people] == [["t-1", "t-3"], ["t-2"]]
