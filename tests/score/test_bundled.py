"""The packaged model as it is shipped: what it reads, what it leaves, that it stays the same."""

import subprocess
import sys

import pytest

from chalicelib.domain.sentiment import (
    CriticalKind,
    Polarity,
    Reading,
    ReadingStatus,
    TextToRead,
    Topic,
)
from chalicelib.score.bundled import BundledModel


@pytest.fixture(scope="module")
def model() -> BundledModel:
    return BundledModel.load()


def _read(model: BundledModel, text: str, stars: float | None = None) -> Reading:
    (reading,) = model.read([TextToRead(text=text, stars=stars)])
    return reading


@pytest.mark.parametrize(
    "text",
    [
        "We waited forty minutes and nobody came.",
        "The soup was cold and the waiter was rude.",
        "My refund still has not arrived after three weeks. Nobody answers the phone.",
        "Worst haircut I ever had.",
    ],
)
def test_a_complaint_is_negative_with_evidence_and_a_reason(model: BundledModel, text: str) -> None:
    reading = _read(model, text)

    assert reading.sentiment is not None
    assert reading.sentiment.polarity is Polarity.NEGATIVE
    assert reading.evidence is not None and reading.evidence > 0.7
    assert reading.because and all(reason in text for reason in reading.because)


@pytest.mark.parametrize(
    "text", ["Great coffee", "Lovely staff, we will be back!", "😍😍 the cake"]
)
def test_praise_is_positive_without_a_reason(model: BundledModel, text: str) -> None:
    reading = _read(model, text)

    assert reading.sentiment is not None
    assert reading.sentiment.polarity is Polarity.POSITIVE
    assert reading.evidence is not None and reading.evidence < 0.2
    assert reading.because == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Le pain est délicieux", "language fr is not read"),
        ("Die Suppe war wunderbar", "language de is not read"),
        ("", "no words to read"),
        ("10/10", "no words to read"),
    ],
)
def test_what_it_cannot_read_is_unscored_with_the_reason(
    model: BundledModel, text: str, reason: str
) -> None:
    reading = _read(model, text)

    assert (reading.status, reading.reason) == (ReadingStatus.UNSCORED, reason)
    assert reading.sentiment is None
    assert reading.evidence is None


def test_for_an_unread_text_the_stars_speak_alone(model: BundledModel) -> None:
    one = _read(model, "Le pain est délicieux", stars=1.0).evidence
    five = _read(model, "Le pain est délicieux", stars=5.0).evidence

    assert one is not None and one > 0.9
    assert five is not None and five < 0.1


def test_stars_and_text_together_weigh_more_than_the_text(model: BundledModel) -> None:
    text = "It is on the corner by the station."
    alone = _read(model, text).evidence
    one, five = _read(model, text, stars=1.0).evidence, _read(model, text, stars=5.0).evidence

    assert alone is not None and one is not None and five is not None
    assert five < alone < one


def test_a_text_reads_the_same_in_any_company_and_order(model: BundledModel) -> None:
    texts = [
        TextToRead(text="The bread was stale."),
        TextToRead(text="Thank you so much for the quick help with my order!"),
        TextToRead(text="Where do I park?"),
    ]

    together = model.read(texts)
    backwards = model.read(texts[::-1])

    assert together == backwards[::-1]
    assert together == [model.read([text])[0] for text in texts]


def test_links_and_handles_change_nothing(model: BundledModel) -> None:
    bare = _read(model, "The bread was stale")
    dressed = _read(model, "@corner_bakery The bread was stale https://example.com/photo")

    assert dressed.sentiment == bare.sentiment


def test_twenty_thousand_characters_are_read(model: BundledModel) -> None:
    reading = _read(model, "The room was dirty and nobody helped us. " * 600)

    assert reading.sentiment is not None
    assert reading.sentiment.polarity is Polarity.NEGATIVE


def test_a_text_about_rude_staff_is_about_staff_and_negative(model: BundledModel) -> None:
    reading = _read(model, "The waiter was rude to my mother.")
    staff = [topic for topic in reading.topics if topic.name == Topic.STAFF_SERVICE]

    assert [topic.polarity for topic in staff] == [Polarity.NEGATIVE]


def test_an_allergic_reaction_is_critical_and_no_trouble_is_not(model: BundledModel) -> None:
    alarm = _read(model, "My son had an allergic reaction after your cake and went to hospital.")
    calm = _read(model, "We had a lovely lunch on the terrace.")

    assert CriticalKind.ALLERGY_ILLNESS in alarm.critical
    assert calm.critical == ()


def test_a_topic_the_owner_named_is_found_by_meaning(model: BundledModel) -> None:
    (reading,) = model.read(
        [TextToRead(text="We circled the block four times before we could leave the car.")],
        topics=["parking", "wedding cakes"],
    )
    names = [topic.name for topic in reading.topics]

    assert "parking" in names
    assert "wedding cakes" not in names


def test_every_reading_names_the_version(model: BundledModel) -> None:
    assert {_read(model, text).model_version for text in ("ok", "", "très bon")} == {model.version}
    assert model.version


def test_importing_the_stage_loads_nothing_heavy() -> None:
    code = (
        "import sys, chalicelib.score.bundled, chalicelib.score.engine, chalicelib.score.aspects;"
        "print(sorted({'numpy', 'onnxruntime', 'fasttext'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ended.stdout.strip() == "[]"
