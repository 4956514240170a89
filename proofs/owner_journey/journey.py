"""The steps of an owner's visit, each seen in the browser before the next is taken."""

from collections.abc import Callable
from pathlib import Path

from chalicelib.cli.demo import BUSINESS, OWNER, OWNER_EMAIL, Visit
from chalicelib.pages.owner_frame import MORE
from proofs.owner_journey.browser import Browser, Trouble

PHONE, DESK = 360, 1280
EDITED = "We are sorry, and we want to make it right. Please ask for Rosa when you come next."
ROOT_CAUSE = "Two people short on the evening shift"
MOST_BYTES = 100_000
# The panel of that figure.
WON_BACK = """(() => {
  const head = [...document.querySelectorAll("h2, h3, dt")].find(
    one => one.innerText.startsWith("Won back"));
  return head ? head.parentElement.innerText : "";
})()"""


class Journey:
    """One visit; `steps` are what was seen, in words, and `wrong` what should not be so."""

    def __init__(self, visit: Visit, browser: Browser, pictures: Path | None = None) -> None:
        self._visit = visit
        self._browser = browser
        self._pictures = pictures
        self.steps: list[str] = []
        self.wrong: list[str] = []

    def go(self) -> None:
        """The whole of it. Raises Trouble where it cannot go on."""
        self._browser.resize(PHONE)
        self._sign_in()
        self._see_what_waits()
        self._answer()
        self._end()
        self._find_in_figures()
        self._look_around()
        self._sign_out()

    def _sign_in(self) -> None:
        browser = self._browser
        browser.open(f"{self._visit.address}/o/today")
        self._expect("Please sign in", "without a session nothing is shown")
        browser.open(f"{self._visit.address}/sign-in/{BUSINESS}")
        self._look("sign-in")
        browser.fill("#email", OWNER_EMAIL)
        browser.press("button")
        self._expect("Look into your mailbox", "a link was asked for by e-mail")
        (link,) = self._visit.wait()
        browser.open(link)
        self._look("link")
        browser.open(link)
        browser.press("button")
        self._expect(f"Hello {OWNER}", "one press on the link's page signed the owner in")
        if "heedful" in str(browser.evaluate("document.cookie")):
            self.wrong.append("a script can read the session's cookie")

    def _see_what_waits(self) -> None:
        self._look("today")
        self._expect("Customers to get back to", "Today says what waits")
        self._browser.press_named("Incidents")
        self._look("incidents")
        if int(self._browser.evaluate("document.querySelectorAll('.rows a').length")):
            self._browser.press(".rows a")
            self._look("incident")
        self._browser.press_named("Cases")
        self._look("cases")

    def _answer(self) -> None:
        browser = self._browser
        address = self._angry_customer()
        browser.open(address)
        self._look("case")
        self._expect("What they said", "a case shows the customer's own words")
        draft = str(browser.evaluate("document.querySelector('#text').value"))
        browser.tick("#reply summary")
        browser.fill("#text", f"{draft}\n\n{EDITED}")
        browser.press("#reply details button")
        self._expect("Read them once more and approve", "the edited draft was kept, nothing sent")
        self._expect(EDITED, "the page shows the very words")
        browser.press("#reply button.go")
        self._expect("Approved. Exactly these words", "the owner approved exactly these words")

    def _angry_customer(self) -> str:
        """The first open case with a draft: words of law and health have none."""
        found = self._browser.evaluate(
            "[...document.querySelectorAll('.rows a')].map(one => one.href)"
        )
        for address in found:
            self._browser.open(address)
            if self._browser.evaluate("!!document.querySelector('#reply button.go')"):
                return str(address)
        raise Trouble("no open case has a draft")

    def _end(self) -> None:
        browser = self._browser
        if browser.evaluate("!!document.querySelector('#spoke button.go')"):
            browser.press("#spoke button.go")
            self._expect("Noted that you spoke to them", "the contact was noted")
        browser.tick("input[value=recovered]")
        browser.fill("#root_cause", ROOT_CAUSE)
        browser.fill("#cost", "12,50")
        browser.press("#ending button")
        self._expect("Closed. Thank you", "the outcome was recorded")
        self._expect(ROOT_CAUSE, "with what went wrong")
        self._expect("approved the answer", "the page says who did what")
        self._look("case-ended")
        self._end_others()

    def _end_others(self) -> None:
        """Four more, one of them lost: below five the figures say that they are too few."""
        browser = self._browser
        for state in ("recovered", "recovered", "lost", "recovered"):
            browser.open(f"{self._visit.address}/o/cases")
            browser.press(".rows a")
            browser.tick(f"input[value={state}]")
            browser.fill("#root_cause", ROOT_CAUSE)
            browser.press("#ending button")
        self.steps.append("four more cases ended, one customer was lost")

    def _find_in_figures(self) -> None:
        browser = self._browser
        browser.open(f"{self._visit.address}/o/metrics")
        self._look("metrics")
        won = str(browser.evaluate(WON_BACK))
        if "80%" not in won or "from 5" not in won:
            self.wrong.append(f"the recovery rate is not 4 of 5: {won!r}")
        else:
            self.steps.append("the recovery rate is four of five, with its range")

    def _look_around(self) -> None:
        """Every other page, by the way that the frame shows."""
        others = [page for page in MORE if page != "metrics"]
        for page in others:
            self._browser.open(f"{self._visit.address}/o/{page}")
            self._look(page)
        self._browser.open(f"{self._visit.address}/o/today")
        self.steps.append(f"{len(others)} more pages are there")

    def _sign_out(self) -> None:
        browser = self._browser
        browser.tick(".more summary")
        browser.press_named("Sign out")
        self._expect("You are signed out", "the owner signed out on all devices")
        browser.open(f"{self._visit.address}/o/today")
        self._expect("Please sign in", "and the pages are closed again")

    def _expect(self, words: str, step: str) -> None:
        if words not in self._browser.text():
            place = self._browser.evaluate("location.pathname")
            self.wrong.append(f"{step}: {words!r} is not on {place}")
            return
        self.steps.append(step)

    def _look(self, name: str) -> None:
        """What must hold of every page, and its pictures."""
        browser = self._browser
        size = int(browser.evaluate("document.documentElement.outerHTML.length"))
        if size >= MOST_BYTES:
            self.wrong.append(f"{name} has {size} bytes")
        for width in (DESK, PHONE):
            browser.resize(width)
            if browser.overflow() > 0:
                self.wrong.append(f"{name} is wider than {width} px")
            if self._pictures is not None:
                browser.picture(self._pictures / f"{name}-{width}.webp")


def walk(pictures: Path | None, say: Callable[[str], None]) -> Callable[[Visit], None]:
    """A visit for `run_demo`; says each step, and raises Trouble when something was wrong."""

    def visit(pages: Visit) -> None:
        with Browser() as browser:
            journey = Journey(pages, browser, pictures)
            try:
                journey.go()
            finally:
                for step in journey.steps:
                    say(f"  {step}")
        if journey.wrong:
            raise Trouble("; ".join(journey.wrong))

    return visit
