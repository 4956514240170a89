"""All played sources, by kind: what the faults and the proof run through."""

from tests.pull.played.app_store_connect import PlayedAppStoreConnect
from tests.pull.played.app_store_feed import PlayedAppStoreFeed
from tests.pull.played.bluesky import PlayedBluesky
from tests.pull.played.feeds import PlayedCsv, PlayedRss
from tests.pull.played.glimpses import PlayedGooglePlaces, PlayedTripadvisor, PlayedYelp
from tests.pull.played.google_business import PlayedGoogleBusiness
from tests.pull.played.google_play import PlayedGooglePlay
from tests.pull.played.hacker_news import PlayedHackerNews
from tests.pull.played.instagram import PlayedInstagram
from tests.pull.played.intercom import PlayedIntercom
from tests.pull.played.judge_me import PlayedJudgeMe
from tests.pull.played.mailbox import PlayedMailbox
from tests.pull.played.mastodon import PlayedMastodon
from tests.pull.played.trustpilot import PlayedTrustpilot
from tests.pull.played.x import PlayedX
from tests.pull.played.youtube import PlayedYouTube
from tests.pull.played.zendesk import PlayedZendesk
from tests.pull.playing import Played

PLAYED: dict[str, type[Played]] = {
    played.kind.name: played
    for played in (
        PlayedRss,
        PlayedCsv,
        PlayedGooglePlay,
        PlayedAppStoreConnect,
        PlayedAppStoreFeed,
        PlayedTrustpilot,
        PlayedZendesk,
        PlayedIntercom,
        PlayedInstagram,
        PlayedYelp,
        PlayedGooglePlaces,
        PlayedTripadvisor,
        PlayedGoogleBusiness,
        PlayedMastodon,
        PlayedBluesky,
        PlayedX,
        PlayedJudgeMe,
        PlayedYouTube,
        PlayedHackerNews,
    )
}
# Speaks IMAP and has faults of its own: `mailbox_faults.py`.
MAILBOXES: dict[str, type[PlayedMailbox]] = {PlayedMailbox.kind.name: PlayedMailbox}
