"""Critical kinds: the network alone when it is sure, with a pattern when it is not."""

import pytest

from chalicelib.domain.sentiment import CriticalKind
from chalicelib.score.critical import PATTERNS, find_critical

SURE = dict.fromkeys(CriticalKind, 0.6)
BACKED = dict.fromkeys(CriticalKind, 0.1)


def _strengths(**given: float) -> dict[CriticalKind, float]:
    return {kind: given.get(str(kind), 0.0) for kind in CriticalKind}


def test_a_sure_network_needs_no_pattern() -> None:
    found = find_critical("hm", _strengths(injury=0.6), sure=SURE, backed=BACKED)

    assert found == (CriticalKind.INJURY,)


def test_an_unsure_network_needs_a_pattern() -> None:
    unsure = _strengths(allergy_illness=0.3)

    assert find_critical("we all got sick", unsure, sure=SURE, backed=BACKED) == (
        CriticalKind.ALLERGY_ILLNESS,
    )
    assert find_critical("we all got lost", unsure, sure=SURE, backed=BACKED) == ()


def test_a_word_that_often_stands_around_a_kind_counts_from_its_own_strength_on() -> None:
    text, other = "they smiled at the deaf couple", "they smiled at the quiet couple"
    hinted = dict.fromkeys(CriticalKind, 0.4)
    given = _strengths(discrimination=0.4)

    assert find_critical(text, given, sure=SURE, backed=BACKED, hinted=hinted) == (
        CriticalKind.DISCRIMINATION,
    )
    assert find_critical(other, given, sure=SURE, backed=BACKED, hinted=hinted) == ()
    assert find_critical(text, given, sure=SURE, backed=BACKED) == ()
    assert (
        find_critical(
            text, _strengths(discrimination=0.39), sure=SURE, backed=BACKED, hinted=hinted
        )
        == ()
    )


def test_a_pattern_alone_decides_nothing() -> None:
    none = _strengths()

    assert find_critical("no allergy problems at all", none, sure=SURE, backed=BACKED) == ()


def test_a_plain_phrase_counts_however_unsure_the_network_is() -> None:
    found = find_critical("you'll hear from my solicitor", _strengths(), sure=SURE, backed=BACKED)

    assert found == (CriticalKind.LEGAL_THREAT,)


@pytest.mark.parametrize(
    "text", ["thankfully no food poisoning this time", "what if someone gets an electric shock"]
)
def test_a_denied_or_supposed_phrase_does_not_count(text: str) -> None:
    assert find_critical(text, _strengths(), sure=SURE, backed=BACKED) == ()


def test_a_plain_phrase_inside_praise_does_not_count() -> None:
    text = "My solicitor sends all clients here for the shortbread"

    assert find_critical(text, _strengths(), sure=SURE, backed=BACKED, is_praise=True) == ()


def test_thanks_do_not_hide_self_harm() -> None:
    text = "Thank you for the flowers. I am suicidal."
    found = find_critical(text, _strengths(), sure=SURE, backed=BACKED, is_praise=True)

    assert found == (CriticalKind.SELF_HARM,)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (CriticalKind.SAFETY, "there was a strong smell of gas by the oven, gas leak maybe"),
        (CriticalKind.ALLERGY_ILLNESS, "my son has a nut allergy and you said it was safe"),
        (CriticalKind.INJURY, "she slipped on the wet floor"),
        (CriticalKind.LEGAL_THREAT, "you will hear from my solicitor"),
        (CriticalKind.DISCRIMINATION, "turned away because I'm deaf"),
        (CriticalKind.DATA_LEAK, "I was sent someone else's test results"),
        (CriticalKind.SELF_HARM, "I don't want to be here any more"),
    ],
)
def test_each_kind_has_patterns_for_its_plain_wordings(kind: CriticalKind, text: str) -> None:
    assert PATTERNS[kind].search(text) is not None


@pytest.mark.parametrize(
    "text", ["I won't be back.", "we shall go somewhere else", "Not sure if I would return"]
)
def test_a_customer_who_will_not_come_back_is_no_danger_to_themselves(text: str) -> None:
    assert find_critical(text, _strengths(self_harm=0.97), sure=SURE, backed=BACKED) == ()
    assert find_critical(text, _strengths(injury=0.97), sure=SURE, backed=BACKED) == (
        CriticalKind.INJURY,
    )


def test_leaving_with_a_word_of_self_harm_beside_it_counts() -> None:
    text = "I won't be back. I have all my tablets counted and I wanted to die anyway."
    found = find_critical(text, _strengths(self_harm=0.7), sure=SURE, backed=BACKED)

    assert found == (CriticalKind.SELF_HARM,)
