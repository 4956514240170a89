"""A week at the bakery in which every flow has its day, and the same week with one fault in it."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chalicelib.domain.alert import ChannelKind
from chalicelib.domain.business import Contact
from chalicelib.domain.feedback import Arrival
from chalicelib.domain.source import SourceState
from chalicelib.privacy.person import Person
from proofs.town.faults import Fault, Fuse
from proofs.town.sources import on_wall, row
from proofs.town.state import carried_by, differences
from proofs.town.town import BATCH, PLAIN, TOWN_BAKERY, Seams, Town
from tests.house import START

EVER = ("0000-00-00", "9999-99-99")
BAD = [row(number, "bad: waited long") for number in range(12)]
# Twenty past seven in Berlin: before the hour of the digest.
NEXT_MONDAY = datetime(2026, 5, 11, 5, 20, tzinfo=UTC)


def trouble(town: Town) -> None:
    """Two pages of bad reviews: an incident, an e-mail, an SMS.

    One at a time: which of them make the incident depends on their order, and a fault within a
    batch would change it.
    """
    town.batch = 1
    town.sheet.pages = (tuple(BAD[:6]), tuple(BAD[6:]))
    town.rest()
    town.batch = BATCH


def allergy(town: Town) -> None:
    """One response that cannot wait."""
    town.wait(hours=2)
    town.survey("bad allergy after the nut cake")
    town.rest()


def silence(town: Town) -> None:
    """Nobody answers: the second contact is asked."""
    town.wait(hours=6)
    town.rest()


def bounce(town: Town) -> None:
    """The mail that asked the second contact comes back; the first takes the allergy on."""
    asked = [one for one in town.outbox.emails if ".escalation." in one.tag]
    town.bounce(asked[-1] if asked else town.outbox.emails[-1])
    town.press("critical", "act=acknowledge")
    town.rest()


def shifting(town: Town) -> None:
    """The wall's three pages gain, lose and reorder reviews while they are read."""
    town.wall.reviews = tuple(on_wall(number, "good bread") for number in range(12))
    town.wall.is_busy = True
    town.wait(hours=1)
    town.rest()
    town.wall.change()
    town.wait(hours=1)
    town.rest()


def corrections(town: Town) -> None:
    """One review is edited, one taken back, one is called not negative."""
    town.wait(hours=10)
    town.rest(3)
    town.wait(minutes=40)
    edited = replace(BAD[0], text="good after all", updated_at=town.clock.now)
    gone = replace(BAD[7], is_deleted=True, updated_at=town.clock.now)
    town.sheet.pages = ((edited, *BAD[1:6]), (gone, *BAD[8:]))
    town.rest()
    town.press("spike", f"act=not_negative&feedback={BAD[3].feedback_id}")
    town.press("spike", "act=snooze&hours=4")


def locked(town: Town) -> None:
    """The sheet refuses its credential; somebody takes that on."""
    town.wait(hours=3)
    town.rest(2)
    town.sheet.is_locked = True
    town.wait(hours=2)
    town.rest()
    town.wait(hours=3)
    town.press("source", "act=acknowledge")


def unlocked(town: Town) -> None:
    """The sheet answers again."""
    town.sheet.is_locked = False
    town.wait(hours=8)
    town.rest()
    # The longest pause after a look that failed.
    town.wait(hours=6)
    town.rest()


def answers(town: Town) -> None:
    """All is closed by hand."""
    town.press("spike", "act=resolve")
    town.press("critical", "act=resolve")
    town.rest()


def elsewhere(town: Town) -> None:
    """Rosa wants her alerts at another address, says yes there, and takes it back; meanwhile a
    chat tool hands over somebody upset, she wants to sign in, and a customer asks what is kept."""
    town.wait(hours=3)
    town.ask_address("spike-000001.first.0.email.Rosa", "other&address=new%40bakery.example")
    town.rest(2)
    town.ask_address(".confirm.", "confirm")
    town.chat("bad, nobody answers", "chat-1")
    town.sign_in("rosa%40bakery.example")
    for _ in range(3):
        # The link lives for a quarter of an hour: what fails must be made up for within it.
        town.once(town.watch)
        town.wait(minutes=1)
    town.ask_about_words("kind=access&answer_to=guest%40mail.example&email=guest%40mail.example")
    town.rest(3)
    town.ask_address(".moved.", "back")
    town.rest(2)


def files(town: Town) -> None:
    """The technician brings an old export in, a source goes, a contact comes."""
    town.import_file([row(number, "good pie", source="exports") for number in range(200, 206)])
    kim = Contact(name="Kim", email="kim@bakery.example")
    kept = tuple(one for one in TOWN_BAKERY.sources if one.name != "wall")
    town.apply(replace(TOWN_BAKERY, contacts=(*TOWN_BAKERY.contacts, kim), sources=kept))
    town.rest()


def forgotten(town: Town) -> None:
    """A customer of the sheet asks to be forgotten; the sheet still shows what they said."""
    town.wait(hours=3)
    town.erase(Person(feedback_ids=(BAD[2].feedback_id,)))
    town.rest()


def storm(town: Town) -> None:
    """Three at once where the hour allows one more e-mail: one message carries all of them."""
    town.wait(hours=20)
    log = town.store.load_sends("bakery")
    for _ in range(2):
        log = town.store.save_sends(log.noted(ChannelKind.EMAIL, town.clock.now))
    town.batch = 1
    for number in range(3):
        town.survey(f"bad allergy, guest {number}", response=f"guest{number}")
        town.wait(minutes=3)
    town.rest()
    town.batch = BATCH


def monday(town: Town) -> None:
    """The digest; then one contact wants no more of them."""
    town.clock.now = max(town.clock.now, NEXT_MONDAY)
    town.rest()
    town.leave("digest-2026-05-11.digest.0.email.Rosa")


def afterwards(town: Town) -> None:
    """Nothing happens: what failed at the last moment comes to rest."""
    town.wait(hours=2)
    town.rest()


WEEK = (
    trouble, allergy, silence, bounce, shifting, corrections, locked, unlocked, answers, elsewhere,
    files, forgotten, storm, monday, afterwards,
)  # fmt: skip


def learned(seams: Seams = PLAIN, *, has_notices: bool = True) -> Town:
    """After twenty days of four content customers each, the sources due at once."""
    town = Town(Fuse(), seams, has_notices=has_notices)
    town.store.save_business(TOWN_BAKERY)
    for source in TOWN_BAKERY.sources:
        state = SourceState(
            business_id="bakery", source=source.name, due=START if source.is_pulled else None
        )
        town.store.save_source(
            replace(state, looked_at=START, first_look_done=source.name != "exports")
        )
    past = [
        row(1000 + number, "good bread", written_at=START - timedelta(hours=6 * number))
        for number in range(80, 0, -1)
    ]
    town.queues.feedback.put(
        [Arrival(feedback=one, received_at=START, is_history=True) for one in past]
    )
    town.settle()
    # It is Monday noon: this week's digest is out before anything happens.
    town.write_digests()
    town.watch()
    town.tell_what_was_sent()
    return town


@dataclass(frozen=True, kw_only=True)
class Week:
    """A week in which nothing fails: its calls, and each morning (and the end) with its first."""

    calls: list[str]
    mornings: list[tuple[int, Town]]

    @property
    def places(self) -> range:
        """The calls that may meet a fault: all but those of the last, quiet day."""
        return range(self.mornings[-2][0])

    def day_of(self, place: int) -> int:
        """On which day of the week that call is made."""
        return max(day for day, (first, _) in enumerate(self.mornings) if first <= place)

    def evening(self, place: int, days: int) -> Town:
        """The town so many days after that call when nothing fails."""
        return self.mornings[min(self.day_of(place) + days, len(WEEK) - 1) + 1][1]


def undisturbed(start: Town) -> Week:
    """Live it and remember every morning."""
    town = start.twin(Fuse())
    mornings = []
    for step in WEEK:
        mornings.append((len(town.fuse.calls), town.twin(Fuse())))
        step(town)
    mornings.append((len(town.fuse.calls), town))
    return Week(calls=town.fuse.calls, mornings=mornings)


def lived_with(week: Week, place: int, fault: Fault, *, days: int = 99) -> Town:
    """The town so many days later when that call meets the fault."""
    day = week.day_of(place)
    first, morning = week.mornings[day]
    town = morning.twin(Fuse(place - first, fault))
    for step in WEEK[day : day + days + 1]:
        step(town)
    return town


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a fault changed that it must not change: rows, e-mails lost, messages doubled, and
    e-mails that say something else. Empty when all is well."""

    rows: tuple[str, ...]
    lost: Counter[str]
    doubled: Counter[str]
    otherwise: Counter[str]

    def __bool__(self) -> bool:
        return bool(self.rows or self.lost or self.doubled or self.otherwise)


# What a source that answers an hour later must not change; mails of that hour tell of the trouble.
SET_IN_STONE = frozenset({"feedback", "counts", "days", "ledger", "unjudged", "left over"})


def difference(town: Town, should: Town, *, is_source_trouble: bool = False) -> Difference:
    """Every row and every word of every e-mail must be the same. An SMS may be lost, never
    doubled: its e-mail carries the guarantee."""
    is_state, ought = town.state(), should.state()
    told, wanted = town.told(), should.told()
    if is_source_trouble:
        is_state = {name: rows for name, rows in is_state.items() if name in SET_IN_STONE}
        ought = {name: rows for name, rows in ought.items() if name in SET_IN_STONE}
        # Somebody told an hour later may have taken it on before the next reminder was due.
        reminders = {tag for tag in wanted if ".reminder." in tag}
        return Difference(
            rows=tuple(differences(is_state, ought)),
            lost=Counter({tag: n for tag, n in (wanted - told).items() if tag not in reminders}),
            doubled=Counter({tag: times for tag, times in told.items() if times > 1}),
            otherwise=Counter(),
        )
    reworded = Counter(dict(one)["tag"] for one in town.emails() - should.emails())
    return Difference(
        rows=tuple(differences(is_state, ought)),
        lost=wanted - told,
        doubled=(told - wanted) + (town.texts() - should.texts()),
        otherwise=Counter() if told_together(town) != told_together(should) else reworded,
    )


def told_together(town: Town) -> list[tuple[str, ...]]:
    """Which notifications shared a message."""
    return sorted(
        carried for one in town.outbox.emails if (carried := carried_by(one.tag, town.store))
    )
