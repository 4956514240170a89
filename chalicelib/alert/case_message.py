"""The mail about cases that nobody looks after in time: who waits, since when, for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.alert.message import broken_lines, mail_templates
from chalicelib.alert.plain import headed, wrapped
from chalicelib.domain.alert import Email
from chalicelib.domain.business import Business, Contact
from chalicelib.domain.case import RecoveryCase
from chalicelib.domain.feedback import ScoredFeedback
from chalicelib.wording import story
from chalicelib.wording.clean import one_line
from chalicelib.wording.quote import Quote, quote_of
from chalicelib.wording.words import Words, words_in

# Enough to remember it by; the page behind the link shows all of it.
QUOTE_LIMIT = 400
CASES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One case in the mail; every string is clean and in the reader's language."""

    line: str
    who: str
    quote: Quote | None
    link: str


def render_overdue_mail(
    late: Sequence[RecoveryCase],
    *,
    said: Mapping[str, ScoredFeedback],
    business: Business,
    contact: Contact,
    link: str,
    tag: str,
) -> Email:
    """The mail to one contact about the cases that are `late`, longest due first.

    `said` is the newest feedback of the first of them, by id, as it may still be read; `link` is
    the list of cases, below which each has its page. Raises ValueError when there is nobody to
    write to or nothing to tell.
    """
    if not contact.email:
        raise ValueError("the contact has no e-mail address")
    if not late:
        raise ValueError("no case is late any more")
    words = words_in(contact.language)
    name = one_line(business.name, story.NAME_LIMIT)
    cases = [_shown(one, said, business, words, link) for one in late[:CASES_SHOWN]]
    more = len(late) - len(cases)
    # One that was spoken to was put on hold, and waits no longer.
    form = "paused" if all(one.contacted_at is not None for one in late) else "overdue"
    title = words.count(f"case.mail.title_{form}", len(late))
    subject = words.count(f"case.mail.subject_{form}", len(late), business=name, who=cases[0].who)
    text = {
        "title": title,
        "lead": words.say(f"case.mail.lead_{form}"),
        "action": words.count("case.mail.action", len(late)),
        "note": words.say("case.mail.note"),
        "more": words.count("case.mail.more", more) if more else "",
    }
    target = cases[0].link if len(late) == 1 else link
    shown = text | {
        "say": words.say,
        "lines": broken_lines,
        "language": words.language,
        "subject": one_line(subject, story.SUBJECT_LIMIT),
        "business_name": name,
        "cases": cases,
        "link": target,
        "unsubscribe_link": "",
    }
    parts = [
        headed("", [title, "", text["lead"]]),
        *(_in_text(one) for one in cases),
        text["more"],
        f"{text['action']}: {target}",
        headed("", [text["note"]]),
        words.say("mail.sent_for", business=name),
    ]
    return Email(
        to=contact.email,
        subject=str(shown["subject"]),
        text="\n\n".join(part for part in parts if part) + "\n",
        html=mail_templates().get_template("case.html").render(shown),
        tag=tag,
    )


def _shown(
    case: RecoveryCase,
    said: Mapping[str, ScoredFeedback],
    business: Business,
    words: Words,
    link: str,
) -> _Shown:
    scored = said.get(case.feedback_ids[-1]) if case.feedback_ids else None
    quote = quote_of(scored, None, business, words, text_limit=QUOTE_LIMIT) if scored else None
    zone = business.time_zone
    paused = "paused" if case.contacted_at is not None else "since"
    line = words.say(
        f"case.mail.{paused}",
        since=words.moment(case.reopened_at or case.opened_at, zone),
        due=words.moment(case.due or case.opened_at, zone),
    )
    about = words.say("case.mail.about", topic=words.label("topic", case.cause))
    owner = words.say("case.mail.owner", owner=one_line(case.owner or "", story.NAME_LIMIT))
    parts = [line, about if case.cause else "", owner if case.owner else ""]
    return _Shown(
        line=" ".join(part for part in parts if part),
        who=quote.author if quote else words.say("quote.anonymous"),
        quote=quote,
        link=f"{link}/{case.case_id}",
    )


def _in_text(case: _Shown) -> str:
    quote = case.quote
    first = " ".join(filter(None, [quote.stars if quote else "", case.who]))
    lines = [first, *wrapped(case.line)]
    if quote:
        lines += [f"> {line}" for line in wrapped(quote.text)] if quote.stretches else []
        lines += filter(None, [quote.remark])
    return "\n".join([*lines, case.link])
