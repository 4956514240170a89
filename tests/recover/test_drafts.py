"""Drafts in the business's own tone, from what was said, within what the owner allows."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from types import MappingProxyType

import pytest

from chalicelib.domain.business import Business, SourceSettings, StoragePolicy
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.domain.sentiment import (
    AspectReading,
    JourneyStage,
    Polarity,
    Topic,
)
from chalicelib.domain.tone import Promise, Tone
from chalicelib.recover.channels import channel_of
from chalicelib.recover.playbook import playbook_for, playbook_languages
from chalicelib.recover.reply import draft_reply, forbidden_promises
from chalicelib.recover.root_cause import UNHAPPY_EMOTIONS
from tests.alert.samples import a_business, a_quote, a_reading


def business_with(kind: str = "google_business", **changes: object) -> Business:
    source = SourceSettings(
        name="google",
        kind=kind,
        every=timedelta(hours=1),
        storage_policy=changes.pop("storage_policy", StoragePolicy.FULL),  # type: ignore[arg-type]
    )
    return replace(a_business(), sources=(source,), **changes)  # type: ignore[arg-type]


def about(topic: str | None = None, stage: str | None = None, **changes: object) -> ScoredFeedback:
    def ill(name: str | None) -> tuple[AspectReading, ...]:
        return (AspectReading(name=name, strength=0.9, polarity=Polarity.NEGATIVE),) if name else ()

    return a_quote(reading=a_reading(topics=ill(topic), stages=ill(stage), **changes))


def text_of(quote: ScoredFeedback, business: Business, language: str = "en") -> str:
    draft = draft_reply(quote, business, language)
    assert draft is not None
    return draft.text


@pytest.mark.parametrize(
    ("tone", "begins", "ends"),
    [
        (Tone.WARM, "Hello Kim Q.,\n\nthank you for telling us", "Warm greetings\nBakery Linden"),
        (Tone.PLAIN, "Dear Kim Q.,\n\nYou are right to be angry", "\n\nBakery Linden"),
        (Tone.FORMAL, "Dear Kim Q.,\n\nYour complaint is", "Yours faithfully\nBakery Linden"),
    ],
)
def test_the_business_speaks_in_its_own_tone(tone: Tone, begins: str, ends: str) -> None:
    text = text_of(a_quote(), business_with(tone=tone))

    assert text.startswith(begins)
    assert text.endswith(ends)


@pytest.mark.parametrize("language", playbook_languages())
def test_each_tone_has_words_of_its_own_for_each_emotion(language: str) -> None:
    book = playbook_for(language)

    for part in ("opening", "next"):
        said = [book.reply(part, one, tone) for one in UNHAPPY_EMOTIONS for tone in Tone]
        assert len(set(said)) == len(UNHAPPY_EMOTIONS) * len(Tone)


def test_a_few_of_the_customers_own_words_are_given_back() -> None:
    text = text_of(a_quote(), business_with())

    assert "You write: “waited forty minutes”." in text


@pytest.mark.parametrize(
    "because",
    [("short",), ("x" * 61,), ("write to [e-mail] now",), ("he said “never” to us",), ()],
)
def test_words_that_make_no_good_quote_are_left_out(because: tuple[str, ...]) -> None:
    text = text_of(a_quote(reading=a_reading(because=because)), business_with())

    assert "You write" not in text


def test_words_in_another_language_than_the_reply_are_not_quoted() -> None:
    quote = a_quote(reading=a_reading(language="fr", because=("une heure d'attente",)))

    assert "heure" not in text_of(quote, business_with())


def test_without_a_topic_the_reply_speaks_of_the_step_on_the_way() -> None:
    by_topic = text_of(about(Topic.WAIT_DELIVERY, JourneyStage.PAYING), business_with())
    by_stage = text_of(about(None, JourneyStage.PAYING), business_with())
    by_neither = text_of(about(), business_with())

    assert "You had to wait far too long" in by_topic
    assert "Paying should have been" not in by_topic
    assert "Paying should have been the simplest part." in by_stage
    assert "What you describe is not how it should be with us." in by_neither


def test_only_where_everybody_reads_the_customer_is_asked_to_write_elsewhere() -> None:
    public = text_of(a_quote(), business_with("google_business"))
    private = text_of(a_quote(), business_with("typeform"))

    assert "where everybody can read it" in public
    assert "where everybody can read it" not in private


@pytest.mark.parametrize("topic", [*Topic, None])
@pytest.mark.parametrize("language", playbook_languages())
def test_nothing_is_promised_that_the_owner_has_not_listed(
    topic: Topic | None, language: str
) -> None:
    quote = about(topic, language=language, because=())

    silent = text_of(quote, business_with(), language)
    open_handed = text_of(quote, business_with(promises=tuple(Promise)), language)

    book = playbook_for(language)
    assert book.promises_in(silent) == frozenset()
    assert len(book.promises_in(open_handed)) == 1


def test_of_what_is_allowed_the_nearest_is_promised() -> None:
    allowed = business_with(promises=(Promise.CALL, Promise.VOUCHER))

    late = text_of(about(Topic.WAIT_DELIVERY), allowed)
    refund = text_of(about(Topic.REFUND_BILLING), allowed)

    assert playbook_for("en").promises_in(late) == {Promise.VOUCHER}
    assert playbook_for("en").promises_in(refund) == {Promise.CALL}


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("We will refund you at once.", {Promise.REFUND}),
        ("Sie bekommen einen Gutschein und Ihr Geld zurück.", {Promise.VOUCHER, Promise.REFUND}),
        ("The next one is on the house.", {Promise.SECOND_TRY}),
        ("We are sorry; how may we reach you?", set()),
    ],
)
def test_a_promise_that_somebody_typed_is_seen(text: str, promised: set[Promise]) -> None:
    assert forbidden_promises(text, business_with()) == promised
    assert forbidden_promises(text, business_with(promises=tuple(Promise))) == frozenset()


@pytest.mark.parametrize("kind", ["google_play", "bluesky", "mastodon", "x", "google_business"])
@pytest.mark.parametrize("language", playbook_languages())
def test_no_draft_is_longer_than_the_place_takes(kind: str, language: str) -> None:
    longest = 0
    for tone, emotion, topic in product(Tone, UNHAPPY_EMOTIONS, [*Topic, None]):
        aspects = MappingProxyType({emotion: 0.9})
        quote = about(topic, language=language, emotions=aspects)
        long_name = replace(quote.feedback, author="A" * 80)
        business = business_with(
            kind, tone=tone, name="B" * 80, promises=tuple(Promise), languages=("en", "de")
        )
        draft = draft_reply(replace(quote, feedback=long_name), business, language)
        assert draft is not None
        # Cut off in the middle of a word it would be none.
        assert draft.text.endswith("B…")
        longest = max(longest, len(draft.text))

    assert longest <= channel_of(kind).limit


def test_where_a_site_lets_us_keep_nothing_a_draft_keeps_no_name_and_no_words() -> None:
    text = text_of(a_quote(), business_with("yelp", storage_policy=StoragePolicy.TTL_24H))

    assert text.startswith("Hello,\n\n")
    assert "waited" not in text
