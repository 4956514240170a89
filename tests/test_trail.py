"""The trail: whatever a person changes on a page is written together with who did it.

A store stands between that compares all it holds before and after each call: the first call of a
form's act that changes anything must bear the act. What follows it (a case that closes because its
incident ended) is the machine's.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import flow
from chalicelib.domain.audit import Act, ActKind
from chalicelib.domain.business import Contact, LegalBasis
from chalicelib.domain.session import Role, Visitor
from chalicelib.flow.owner_pages import ACTS
from chalicelib.flow.protecting import protected
from chalicelib.ports import Services
from tests.house import BAKERY, House, house

ROSA = Visitor(business_id="bakery", contact="Rosa", role=Role.OWNER, language="en")
# What is no change of a thing that people act on: the trail itself, mails, links, counters.
BESIDE = {
    "_acts",
    "_links",
    "_used_links",
    "_notifications",
    "_waiting",
    "_sends",
    "_spent",
    "_paid",
}


EVE = Contact(name="Eve", email="eve@bakery.example", role=Role.READ_ONLY)
SHOP = replace(
    BAKERY,
    contacts=(*BAKERY.contacts, EVE),
    privacy=replace(BAKERY.privacy, profiles=LegalBasis.LEGITIMATE_INTEREST),
)


class Comparing:
    """A store that notes each call that changed something, and whether it bore an act."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind
        self.changes: list[tuple[str, bool]] = []

    def _held(self) -> str:
        return repr({name: held for name, held in vars(self._behind).items() if name not in BESIDE})

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._behind, name)

        def call(*given: Any, **named: Any) -> Any:
            before, acts = self._held(), len(self._behind._acts)
            answer = asked(*given, **named)
            if self._held() != before:
                self.changes.append((name, len(self._behind._acts) > acts))
            return answer

        return call


class Forgetful(Comparing):
    """The same, but it loses the acts on their way: a fault that must be seen."""

    def __getattr__(self, name: str) -> Any:
        call = super().__getattr__(name)

        def lossy(*given: Any, **named: Any) -> Any:
            kept = [None if isinstance(one, Act) else one for one in given]
            left = {key: () if key == "acts" else one for key, one in named.items() if key != "act"}
            return call(*kept, **left)

        return lossy


@pytest.fixture
def bakery() -> Iterator[House]:
    """A bakery with an incident, its case, a draft and a request."""
    with house() as one:
        one.store.save_business(SHOP)
        one.learn()
        said = [
            one.feedback(
                f"bad, waited an hour {number}",
                stars=1,
                author_id=f"m-{number}",
                order_reference=f"A-{number}",
            )
            for number in range(8)
        ]
        one.hear(*(protected(one.services, SHOP, feedback) for feedback in said))
        one.run.watch(one.now)
        form = {"content-type": "application/x-www-form-urlencoded"}
        one.request("POST", "/privacy/bakery", form, b"kind=access&answer_to=a%40post.example")
        yield one


# Page, and the form that is sent; what stands in capitals is filled in.
FORMS: dict[str, tuple[str, dict[str, str], ActKind]] = {
    "acknowledge": ("incidents", {"act": "acknowledge"}, ActKind.ACKNOWLEDGE),
    "snooze": ("incidents", {"act": "snooze", "hours": "4"}, ActKind.SNOOZE),
    "resolve": ("incidents", {"act": "resolve"}, ActKind.RESOLVE),
    "outcomes": ("incidents", {"act": "outcomes", "OUTCOME": "recovered"}, ActKind.NOTE_OUTCOME),
    "not_negative": (
        "incidents",
        {"act": "not_negative", "feedback": "QUOTED"},
        ActKind.NOT_NEGATIVE,
    ),
    "take": ("cases", {"act": "take"}, ActKind.TAKE_CASE),
    "contact": ("cases", {"act": "contact"}, ActKind.CONTACT),
    "pause": ("cases", {"act": "pause", "days": "3", "reason": "on holiday"}, ActKind.PAUSE_CASE),
    "close": (
        "cases",
        {"act": "close", "state": "recovered", "root_cause": "one at the till", "cost": "5"},
        ActKind.CLOSE_CASE,
    ),
    "edit": ("cases", {"act": "edit", "text": "Sorry.", "SHOWN": ""}, ActKind.EDIT_REPLY),
    "approve": ("cases", {"act": "approve", "SHOWN": ""}, ActKind.APPROVE_REPLY),
    "move": ("empathy-map", {"place": "hear"}, ActKind.MOVE_QUOTE),
    "hide": ("empathy-map", {"act": "hide"}, ActKind.HIDE_QUOTE),
    "joined": ("customers", {"JOIN": ""}, ActKind.MERGE_PROFILES),
    "parted": ("customers", {"act": "part"}, ActKind.SPLIT_PROFILE),
    "improved": (
        "improvements",
        {"what": "A second till", "about": "topic:wait_delivery", "since": "2026-05-01"},
        ActKind.NOTE_IMPROVEMENT,
    ),
    "request taken": ("privacy", {"act": "take"}, ActKind.TAKE_REQUEST),
    "request answered": ("privacy", {"act": "answer"}, ActKind.ANSWER_REQUEST),
}


def send(bakery: House, store: Any, page: str, form: dict[str, str]) -> None:
    """One form, filled in for what there is."""
    services: Services = replace(bakery.services, store=store)
    now, real = bakery.now, bakery.store
    incident = next(one for one in real.open_incidents("bakery") if one.feedback_ids)
    case = real.open_cases("bakery", 10)[0]
    (request,) = real.requests_of("bakery", 10)
    filled = dict(form)
    if "OUTCOME" in filled:
        filled[f"outcome.{incident.feedback_ids[0]}"] = filled.pop("OUTCOME")
    if filled.get("feedback") == "QUOTED":
        filled["feedback"] = incident.feedback_ids[0]
    if "SHOWN" in filled:
        draft = flow.draft_for(bakery.services, SHOP, case.feedback_ids[0], "en", now)
        filled |= {"feedback": case.feedback_ids[0], "shown": draft.text_hash}
        filled.setdefault("text", draft.text)
        del filled["SHOWN"]
    marks = [one for one in real.last_heard("bakery", 20) if one.ties]
    apart = next(one for one in marks if not one.tie_to(marks[0].trace) and one != marks[0])
    if "JOIN" in filled:
        filled = {f"pick.{marks[0].trace}": "on", f"pick.{apart.trace}": "on"}
    if page == "customers" and "act" in filled:
        filled |= {"one": marks[0].trace, "other": marks[0].ties[0].other}
    names = {
        "customers": marks[0].trace if "act" in filled else "join",
        "improvements": "new",
        "incidents": incident.incident_id,
        "cases": case.case_id,
        "empathy-map": f"{case.feedback_ids[0]}-{'0' * 8}",
        "privacy": request.request_id,
    }
    ACTS[page](services, ROSA, SHOP, names[page], filled, now)


@pytest.mark.parametrize("name", FORMS)
def test_what_a_form_changes_is_written_together_with_who_did_it(bakery: House, name: str) -> None:
    page, form, what = FORMS[name]
    store = Comparing(bakery.store)
    before = bakery.store.acts("bakery", bakery.now, bakery.now, 100)

    send(bakery, store, page, form)

    assert store.changes, "nothing was changed"
    assert store.changes[0][1], f"{store.changes[0][0]} bore no act"
    after = bakery.store.acts("bakery", bakery.now, bakery.now, 100)
    new = [one for one in after if one not in before]
    assert what in {one.what for one in new}
    assert {one.who for one in new} == {"Rosa"}


def test_every_page_with_forms_is_tried() -> None:
    assert {page for page, _, _ in FORMS.values()} == set(ACTS)


@pytest.mark.parametrize("name", ["acknowledge", "take", "request answered"])
def test_an_act_that_is_lost_on_its_way_is_seen(bakery: House, name: str) -> None:
    page, form, _ = FORMS[name]
    store = Forgetful(bakery.store)

    send(bakery, store, page, form)

    assert store.changes
    assert not store.changes[0][1]
