"""An hour in which everybody complains, minute by minute, and the calm after it.

The model is a stand-in that reads single words; store, queues and providers are in memory; what is
proven lies between them: nothing is lost, and the inbox is not flooded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.alert import ChannelKind, Notification, NotificationState, NotifyReason
from chalicelib.domain.feedback import Feedback
from chalicelib.domain.incident import IncidentKind
from tests.house import BAKERY, House, house

MINUTES = 60
HOUR = timedelta(hours=1)
# Caps hold back what the storm's own hour does not allow; by then all of it must have been told.
CALM_HOURS = 4
# So many of them speak of what cannot wait, spread over the hour.
CRITICAL = 15
# What tells of something new; reminders and the asking of others go on after any storm.
NEWS = frozenset({NotifyReason.FIRST, NotifyReason.WORSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What came of `voices`: how many are stored, counted as negative and judged; the moments at
    which messages went out, those about cases that are `late` apart, by reader; what is critical,
    what of it an incident holds, and what of these incidents nobody was told by the end. `untold`
    are news that still wait then."""

    voices: int
    stored: int
    negative: int
    unjudged: int
    emails: tuple[datetime, ...]
    texts: tuple[datetime, ...]
    critical: int
    gathered: int
    told: int
    untold: int
    start: datetime
    late: tuple[tuple[str, datetime], ...] = ()

    def in_the_hour(self, moments: Iterable[datetime]) -> int:
        """How many of them lie in the hour of the storm."""
        return sum(self.start <= one < self.start + HOUR for one in moments)

    @property
    def troubles(self) -> list[str]:
        """Everything that should not be, in words."""
        wrong = {
            f"{self.voices - self.stored} are not stored": self.stored != self.voices,
            f"{self.voices - self.negative} are not counted": self.negative != self.voices,
            f"{self.unjudged} are not judged": self.unjudged > 0,
            "more than 3 e-mails within an hour": most_within_an_hour(self.emails) > 3,
            "more than 1 SMS within an hour": most_within_an_hour(self.texts) > 1,
            "more than 1 e-mail about cases to one reader within an hour": any(
                most_within_an_hour([at for to, at in self.late if to == reader]) > 1
                for reader in {to for to, _ in self.late}
            ),
            "no e-mail within the hour": self.in_the_hour(self.emails) == 0,
            "no SMS within the hour": self.in_the_hour(self.texts) == 0,
            f"{self.critical - self.gathered} critical ones in no incident": (
                self.gathered != self.critical
            ),
            f"{self.gathered - self.told} critical ones nobody was told of": (
                self.told != self.gathered
            ),
            f"{self.untold} messages still wait": self.untold > 0,
        }
        return [trouble for trouble, is_so in wrong.items() if is_so]


def most_within_an_hour(moments: Sequence[datetime]) -> int:
    """The most that any sixty minutes hold."""
    return max((sum(one <= other < one + HOUR for other in moments) for one in moments), default=0)


def run_storm(voices: int) -> Storm:
    """That many within an hour, with the watch looking on every minute, and the calm after."""
    with house() as shop:
        shop.learn()
        shop.wait(hours=1)
        start = shop.now
        emails: list[datetime] = []
        texts: list[datetime] = []
        late: list[tuple[str, datetime]] = []
        said: list[Feedback] = []
        for minute in range(MINUTES):
            until = voices * (minute + 1) // MINUTES
            batch = [_voice(shop, number, voices) for number in range(len(said), until)]
            said += batch
            shop.hear(*batch)
            _watch(shop, emails, texts, late)
            shop.wait(minutes=1)
        for _ in range(CALM_HOURS * MINUTES // 5):
            _watch(shop, emails, texts, late)
            shop.wait(minutes=5)
        return replace(_seen(shop, said, start, tuple(emails), tuple(texts)), late=tuple(late))


def _voice(shop: House, number: int, voices: int) -> Feedback:
    is_critical = number % (voices // CRITICAL) == 1
    what = "allergy after the nut cake" if is_critical else "waited for an hour"
    return shop.feedback(f"bad: {what}, number {number}", stars=1)


def _watch(
    shop: House,
    emails: list[datetime],
    texts: list[datetime],
    late: list[tuple[str, datetime]],
) -> None:
    shop.run.watch(shop.now)
    for email in shop.outbox.emails[len(emails) + len(late) :]:
        if f".{NotifyReason.OVERDUE}." in email.tag:
            late.append((email.to, shop.now))
        else:
            emails.append(shop.now)
    texts += [shop.now] * (len(shop.outbox.texts) - len(texts))


def _seen(
    shop: House,
    said: Sequence[Feedback],
    start: datetime,
    emails: tuple[datetime, ...],
    texts: tuple[datetime, ...],
) -> Storm:
    store, business_id = shop.store, BAKERY.business_id
    stored = store.find(business_id, [one.feedback_id for one in said])
    first, last = start - timedelta(days=1), start + timedelta(days=1)
    days = store.counts(business_id, first.date().isoformat(), last.date().isoformat())
    incidents = [
        one for one in store.incidents_of(business_id) if one.kind is IncidentKind.CRITICAL
    ]
    told = {
        one.incident_id: store.notifications_of(business_id, one.incident_id) for one in incidents
    }
    critical = {one.feedback_id for one in said if "allergy" in one.text}
    held = {one for incident in incidents for one in incident.feedback_ids} & critical
    heard = {
        feedback_id
        for incident in incidents
        if _was_told(told[incident.incident_id])
        for feedback_id in incident.feedback_ids
    }
    return Storm(
        voices=len(said),
        stored=len(stored),
        negative=sum(row.get("negative", 0) for row in days.values()),
        unjudged=len(store.unjudged(business_id, len(said) + 1)),
        emails=emails,
        texts=texts,
        critical=len(critical),
        gathered=len(held),
        told=len(held & heard),
        untold=len(
            [
                one
                for one in store.due_notifications(shop.now, len(said))
                if one.channel is ChannelKind.EMAIL and one.reason in NEWS
            ]
        ),
        start=start,
    )


def _was_told(notifications: Sequence[Notification]) -> bool:
    return any(
        one.channel is ChannelKind.EMAIL and one.state is NotificationState.SENT
        for one in notifications
    )
