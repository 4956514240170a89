"""A storm fills no inbox, and nothing of it is lost; proofs/storm has it at its full size."""

from datetime import timedelta

from proofs.storm.storm import Storm, most_within_an_hour, run_storm
from tests.house import START

VOICES = 1_500


def test_fifteen_hundred_unhappy_voices_in_an_hour_are_all_kept_and_told_in_few_messages() -> None:
    storm = run_storm(VOICES)

    assert storm.troubles == []
    assert (storm.stored, storm.negative, storm.critical) == (VOICES, VOICES, 15)
    assert 1 <= storm.in_the_hour(storm.emails) <= 3
    assert storm.in_the_hour(storm.texts) == 1
    # The criticals fall due within two hours: some mails tell of all of them.
    assert 1 <= len(storm.late) <= 4


def test_a_planted_flood_or_loss_would_be_seen() -> None:
    minutes = tuple(START + timedelta(minutes=15 * number) for number in range(5))
    flooded = Storm(
        voices=9,
        stored=8,
        negative=9,
        unjudged=0,
        emails=minutes,
        texts=minutes[:1],
        critical=2,
        gathered=2,
        told=1,
        untold=0,
        start=START,
        late=(("rosa", minutes[0]), ("rosa", minutes[3]), ("jonas", minutes[3])),
    )

    assert most_within_an_hour(minutes) == 4
    assert flooded.troubles == [
        "1 are not stored",
        "more than 3 e-mails within an hour",
        "more than 1 e-mail about cases to one reader within an hour",
        "1 critical ones nobody was told of",
    ]
