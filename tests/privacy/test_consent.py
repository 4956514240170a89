"""What a business may do with a voice, purpose by purpose; the flow asks before it does it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.domain.business import Business, LegalBasis, PrivacySettings, Purpose
from chalicelib.domain.feedback import Feedback, FeedbackKind, SurveyMetric
from chalicelib.privacy.consent import may_process
from tests.house import BAKERY, House, house


def bakery_with(purpose: Purpose, basis: LegalBasis) -> Business:
    """The bakery with this ground for one purpose, and no other purpose at all."""
    grounds: Any = dict.fromkeys(("alerts", "recovery", "profiles"), LegalBasis.OFF)
    grounds[str(purpose)] = basis
    return replace(BAKERY, privacy=PrivacySettings(**grounds))


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize(
    ("basis", "without", "with_consent"),
    [
        (LegalBasis.OFF, False, False),
        (LegalBasis.CONSENT, False, True),
        (LegalBasis.CONTRACT, True, True),
        (LegalBasis.LEGITIMATE_INTEREST, True, True),
    ],
)
def test_a_voice_may_be_used_for_what_its_own_ground_allows(
    purpose: Purpose, basis: LegalBasis, without: bool, with_consent: bool
) -> None:
    business = bakery_with(purpose, basis)
    with house() as one:
        said = one.feedback("cold bread")

    assert may_process(business, purpose, said) is without
    assert may_process(business, purpose, replace(said, has_consent=True)) is with_consent
    for other in set(Purpose) - {purpose}:
        assert not may_process(business, other, replace(said, has_consent=True))


@pytest.fixture
def bakery() -> Iterator[House]:
    """A bakery that looks after single customers only with their consent."""
    with house() as one:
        privacy = replace(BAKERY.privacy, recovery=LegalBasis.CONSENT)
        one.store.save_business(replace(BAKERY, privacy=privacy))
        yield one


def complain(bakery: House, *, consent: bool) -> Feedback:
    """Somebody would not recommend the bakery, and says why."""
    said = bakery.feedback(
        "bad, waited an hour",
        kind=FeedbackKind.SURVEY,
        survey_scores={SurveyMetric.NPS: 1.0},
        author_id="m-1",
        has_consent=consent,
    )
    bakery.hear(said)
    bakery.run.watch(bakery.now)
    return said


@pytest.mark.parametrize("consent", [True, False])
def test_without_consent_there_is_no_case_and_no_draft_where_recovery_needs_it(
    bakery: House, consent: bool
) -> None:
    said = complain(bakery, consent=consent)

    business = bakery.store.load_business("bakery")
    assert business is not None
    draft = flow.draft_for(bakery.services, business, said.feedback_id, "en", bakery.now)
    assert [one.feedback_ids for one in bakery.store.open_cases("bakery", 10)] == (
        [(said.feedback_id,)] if consent else []
    )
    assert bool(draft.text) is consent
    # Hearing of it rests on another ground.
    (stored,) = bakery.store.find("bakery", [said.feedback_id]).values()
    assert stored.feedback.text == "bad, waited an hour"


def test_where_recovery_is_off_not_even_consent_opens_a_case(bakery: House) -> None:
    privacy = replace(BAKERY.privacy, recovery=LegalBasis.OFF)
    bakery.store.save_business(replace(BAKERY, privacy=privacy))

    complain(bakery, consent=True)

    assert bakery.store.open_cases("bakery", 10) == []
