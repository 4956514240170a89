"""You said, we did: improvements, what came of each, and the words for customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.business import Business
from chalicelib.domain.digest import FEWEST
from chalicelib.domain.improvement import (
    TEXT_LIMIT,
    WHAT_LIMIT,
    Effect,
    Improvement,
    Verdict,
    improvement_id,
)
from chalicelib.domain.journey import Share
from chalicelib.domain.sentiment import Topic
from chalicelib.domain.session import Visitor
from chalicelib.domain.step import BlueprintStep
from chalicelib.pages.map_words import NAME_LIMIT, topic_name
from chalicelib.pages.owner_frame import notice_of, render_owner
from chalicelib.wording.clean import clean, one_line
from chalicelib.wording.words import Words, words_in

NEW = "new"
# Nobody remembers longer, and the calendar has a first day.
REACH = timedelta(days=3_650)
TOPIC, STEP = "topic:", "step:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list."""

    path: str
    what: str
    sub: str


def read_improvement(
    form: Mapping[str, str],
    *,
    steps: Sequence[BlueprintStep],
    topics: Sequence[str],
    today: date,
    business_id: str,
    by: str,
    now: datetime,
) -> Improvement | None:
    """What the form notes, or None when something is missing or not known."""
    what = one_line(form.get("what", ""), WHAT_LIMIT)
    about, since = form.get("about", ""), form.get("since", "")
    known = {TOPIC + topic for topic in (*Topic, *topics)} | {STEP + one.step for one in steps}
    try:
        day = date.fromisoformat(since)
    except ValueError:
        return None
    if not what or about not in known or not today - REACH <= day <= today:
        return None
    return Improvement(
        business_id=business_id,
        improvement_id=improvement_id(business_id, what, about, day.isoformat()),
        what=what,
        since=day.isoformat(),
        noted_by=by,
        noted_at=now,
        topic=about.removeprefix(TOPIC) if about.startswith(TOPIC) else "",
        step=about.removeprefix(STEP) if about.startswith(STEP) else "",
    )


def render_improvements(
    noted: Sequence[Improvement],
    *,
    steps: Sequence[BlueprintStep],
    today: date,
    query: Mapping[str, str],
    visitor: Visitor,
    business: Business,
) -> str:
    """The list, and the form to note another."""
    words = words_in(visitor.language)
    topics = [(TOPIC + topic, topic_name(topic, words)) for topic in (*Topic, *business.topics)]
    return render_owner(
        "improvements.html",
        words,
        visitor,
        business,
        here="improvements",
        title=words.say("improvement.title"),
        notice=notice_of(query, words),
        noted=[_listed(one, words) for one in noted],
        topics=topics,
        steps=[(STEP + one.step, one_line(one.step, NAME_LIMIT)) for one in steps],
        today=today.isoformat(),
        limit=WHAT_LIMIT,
    )


def render_improvement(
    noted: Improvement,
    effect: Effect | None,
    *,
    query: Mapping[str, str],
    visitor: Visitor,
    business: Business,
) -> str:
    """One of them, with its before and after and the text for customers."""
    words = words_in(visitor.language)
    approved = ""
    if noted.approved_by and noted.approved_at:
        approved = words.say(
            "improvement.approved",
            by=one_line(noted.approved_by, NAME_LIMIT),
            moment=words.moment(noted.approved_at, business.time_zone),
        )
    return render_owner(
        "improvement.html",
        words,
        visitor,
        business,
        here=f"improvements/{noted.improvement_id}",
        title=one_line(noted.what, WHAT_LIMIT),
        notice=notice_of(query, words),
        sub=_sub(noted, words),
        lines=effect_lines(effect, words),
        is_good=effect is not None and effect.verdict is Verdict.LESS,
        text=clean(noted.text) or draft_for(noted, effect, words),
        approved=approved,
        limit=TEXT_LIMIT,
        action=noted.improvement_id,
    )


def effect_lines(effect: Effect | None, words: Words) -> list[str]:
    """What came of it, with its figures and how sure that is."""
    if effect is None:
        return [words.say("improvement.too_soon")]
    lines = [words.say(f"improvement.verdict_{effect.verdict}", fewest=FEWEST)]
    if effect.verdict is not Verdict.TOO_FEW:
        lines.append(
            words.say(
                "improvement.figures",
                days=effect.days,
                before=_of(effect.before, words),
                after=_of(effect.after, words),
            )
        )
        near, far = sorted((abs(round(effect.low * 100)), abs(round(effect.high * 100))))
        if effect.verdict is Verdict.OPEN:
            near, far = abs(round(effect.low * 100)), abs(round(effect.high * 100))
        lines.append(words.say(f"improvement.difference_{effect.verdict}", near=near, far=far))
    return [*lines, words.say("improvement.no_proof")]


def draft_for(noted: Improvement, effect: Effect | None, words: Words) -> str:
    """A start for the words to customers; it says nothing of a success that is not measured."""
    draft = words.say("improvement.draft", about=_about(noted, words), what=noted.what.rstrip("."))
    if effect is None or effect.verdict is not Verdict.LESS:
        return draft
    better = words.say("improvement.draft_better", days=effect.days)
    return f"{draft} {better}"


def _of(share: Share, words: Words) -> str:
    return words.say("improvement.share", part=share.part, n=share.n)


def _about(noted: Improvement, words: Words) -> str:
    return topic_name(noted.topic, words) if noted.topic else one_line(noted.step, NAME_LIMIT)


def _sub(noted: Improvement, words: Words) -> str:
    since = words.day(date.fromisoformat(noted.since))
    by = one_line(noted.noted_by, NAME_LIMIT)
    return words.say("improvement.sub", about=_about(noted, words), since=since, by=by)


def _listed(noted: Improvement, words: Words) -> Listed:
    return Listed(
        path=f"improvements/{noted.improvement_id}",
        what=one_line(noted.what, WHAT_LIMIT),
        sub=_sub(noted, words),
    )
