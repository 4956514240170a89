"""All played sources, by kind: what the faults and the proof run through."""

from tests.pull.played.feeds import PlayedCsv, PlayedRss
from tests.pull.played.google_business import PlayedGoogleBusiness
from tests.pull.played.mastodon import PlayedMastodon
from tests.pull.playing import Played

PLAYED: dict[str, type[Played]] = {
    played.kind.name: played
    for played in (
        PlayedRss,
        PlayedCsv,
        PlayedGoogleBusiness,
        PlayedMastodon,
    )
}
