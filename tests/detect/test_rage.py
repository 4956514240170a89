"""The angriest review in months goes out; the daily grumble does not."""

import json
from datetime import timedelta

from chalicelib.detect.rage import Rage, from_document, judge_rage, to_document
from tests.detect.feedbacks import START, dice


def _known(days: int = 300) -> Rage:
    rage, _ = judge_rage(Rage(), stars=5, anger=0.0, at=START - timedelta(days=days))
    return rage


def test_the_angriest_one_star_of_a_known_business_is_rare() -> None:
    assert judge_rage(_known(), stars=1, anger=0.85, at=START)[1]


def test_good_stars_no_stars_and_mild_anger_are_never_rare() -> None:
    assert not judge_rage(_known(), stars=3, anger=0.99, at=START)[1]
    assert not judge_rage(_known(), stars=None, anger=0.99, at=START)[1]
    assert not judge_rage(_known(), stars=1, anger=0.79, at=START)[1]


def test_less_angry_than_one_of_the_last_months_is_not_rare_until_that_is_forgotten() -> None:
    rage, _ = judge_rage(_known(), stars=1, anger=0.95, at=START)

    assert not judge_rage(rage, stars=1, anger=0.94, at=START + timedelta(days=224))[1]
    assert judge_rage(rage, stars=1, anger=0.94, at=START + timedelta(days=226))[1]


def test_the_same_anger_again_is_not_rarer() -> None:
    rage, _ = judge_rage(_known(), stars=1, anger=0.95, at=START)

    assert not judge_rage(rage, stars=1, anger=0.95, at=START + timedelta(days=1))[1]


def test_a_new_business_needs_more_anger_before_anybody_is_woken() -> None:
    new = _known(days=10)

    assert not judge_rage(new, stars=1, anger=0.9, at=START)[1]
    assert judge_rage(new, stars=1, anger=0.99, at=START)[1]


def test_thirty_reviews_a_day_call_no_oftener_than_one_review_a_day() -> None:
    called = {}
    for per_day in (1, 30):
        random = dice(5)
        rage, calls = Rage(), 0
        for day in range(1500):
            for hour in range(per_day):
                at = START + timedelta(days=day, hours=hour * 24 / per_day)
                anger = 1 / (1 + 2.718281828 ** -random.gauss(0.5, 1.5))
                rage, is_rare = judge_rage(rage, stars=1, anger=anger, at=at)
                calls += is_rare
        called[per_day] = calls

    # 1,500 days are 6.7 times 225 days.
    assert 2 <= called[1] <= 14
    assert 2 <= called[30] <= 14


def test_the_memory_survives_json_and_stays_short() -> None:
    random = dice(6)
    rage = Rage()
    for day in range(900):
        rage, _ = judge_rage(
            rage, stars=1, anger=0.8 + 0.2 * random.random(), at=START + timedelta(days=day)
        )

    assert from_document(json.loads(json.dumps(to_document(rage)))) == rage
    assert len(rage.peaks) < 20
    assert from_document([]) == Rage()


def test_a_late_review_neither_hides_a_later_peak_nor_is_lost() -> None:
    rage, _ = judge_rage(_known(), stars=1, anger=0.9, at=START)

    below, _ = judge_rage(rage, stars=1, anger=0.85, at=START - timedelta(days=9))
    above, _ = judge_rage(rage, stars=1, anger=0.97, at=START - timedelta(days=9))

    assert [peak[1] for peak in below.peaks] == [0.9]
    assert [peak[1] for peak in above.peaks] == [0.97, 0.9]
