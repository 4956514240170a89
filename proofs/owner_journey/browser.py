"""A headless Chromium, driven over its debugging pipe: pages as an owner's phone shows them.

The protocol is the browser's own (Chrome DevTools Protocol, JSON ended by a zero byte over the file
descriptors 3 and 4), so nothing needs to be installed beside the browser.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)
PATIENCE_SECONDS = 30.0
TALLEST = 4_000


class Trouble(Exception):
    """The browser did not do what it was asked to."""


class Browser:
    """One tab of a browser with an empty profile of its own."""

    def __init__(self) -> None:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        if found is None:
            raise Trouble(f"there is none of {', '.join(BROWSERS)} on this machine")
        self._profile = tempfile.mkdtemp(prefix="owner-journey-")
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def take_places() -> None:
            # The two ends may lie on 3 and 4 themselves, in either order.
            high = (os.dup(to_browser), os.dup(from_browser))
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self._process = subprocess.Popen(  # noqa: S603  a browser of this machine
            [found, *QUIET, f"--user-data-dir={self._profile}", "about:blank"],
            close_fds=False,
            preexec_fn=take_places,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._number = 0
        self._events: list[dict[str, Any]] = []
        targets = self._ask("Target.getTargets")["targetInfos"]
        page = next(one for one in targets if one["type"] == "page")
        attached = self._ask(
            "Target.attachToTarget", targetId=page["targetId"], flatten=True, session=""
        )
        self._session = str(attached["sessionId"])
        for domain in ("Page", "Runtime", "Network"):
            self.ask(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self._profile, ignore_errors=True)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the tab answers. Raises Trouble for an error or none in time."""
        return self._ask(method, session=self._session, **parameters)

    def _ask(self, method: str, *, session: str = "", **parameters: Any) -> dict[str, Any]:
        self._number += 1
        asked: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            asked["sessionId"] = session
        os.write(self._write, json.dumps(asked).encode() + b"\0")
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            told = self._next(ends)
            if told.get("id") == self._number:
                if "error" in told:
                    raise Trouble(f"{method}: {told['error'].get('message')}")
                answer: dict[str, Any] = told["result"]
                return answer
            self._events.append(told)
        raise Trouble(f"{method}: no answer")

    def _next(self, ends: float) -> dict[str, Any]:
        import select

        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, ends - time.monotonic()))
            if not ready:
                raise Trouble("the browser says nothing any more")
            held = os.read(self._read, 1 << 20)
            if not held:
                raise Trouble("the browser ended")
            self._buffer += held
        first, _, self._buffer = self._buffer.partition(b"\0")
        told: dict[str, Any] = json.loads(first)
        return told

    def resize(self, width: int, height: int = 780) -> None:
        """A window of that size; narrow ones are phones."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def open(self, address: str) -> None:
        """Type an address and wait for its page."""
        self._events.clear()
        self.ask("Page.navigate", url=address)
        self._wait_for_page()

    def _wait_for_page(self) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        while not any(one.get("method") == "Page.loadEventFired" for one in self._events):
            self._events.append(self._next(ends))
        self._events.clear()

    def evaluate(self, expression: str) -> Any:
        """The value of a script's expression in the page; promises are waited for."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise Trouble(f"the page's script failed: {answer['exceptionDetails'].get('text')}")
        return answer["result"].get("value")

    def text(self) -> str:
        """All that the page says."""
        return str(self.evaluate("document.body.innerText"))

    def fill(self, selector: str, text: str) -> None:
        """Put a text into a field."""
        found = self.evaluate(
            f"(() => {{ const f = document.querySelector({json.dumps(selector)});"
            f"if (!f) return false; f.value = {json.dumps(text)}; return true; }})()"
        )
        if not found:
            raise Trouble(f"there is no {selector} on {self.evaluate('location.pathname')}")

    def tick(self, selector: str) -> None:
        """Choose a radio button, or open what can be opened."""
        self._click(selector)

    def press(self, selector: str) -> None:
        """Press what leads to another page, and wait for it."""
        self._events.clear()
        self._click(selector)
        self._wait_for_page()

    def press_named(self, words: str) -> None:
        """Press the first link or button that begins with these words."""
        self._events.clear()
        self._click_named(words)
        self._wait_for_page()

    def _click(self, selector: str) -> None:
        # A real press at its place: what a finger cannot reach is not pressed.
        place = self.evaluate(
            f"(() => {{ const f = document.querySelector({json.dumps(selector)});"
            "if (!f) return null; f.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const b = f.getBoundingClientRect();"
            "return [b.left + b.width / 2, b.top + b.height / 2]; })()"
        )
        self._click_at(place, selector)

    def _click_named(self, words: str) -> None:
        place = self.evaluate(
            "(() => { const f = [...document.querySelectorAll('a, button, summary')].find("
            f"one => one.innerText.trim().startsWith({json.dumps(words)}) && one.offsetParent);"
            "if (!f) return null; f.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const b = f.getBoundingClientRect();"
            "return [b.left + Math.min(b.width / 2, 60), b.top + b.height / 2]; })()"
        )
        self._click_at(place, words)

    def _click_at(self, place: list[float] | None, what: str) -> None:
        if place is None:
            raise Trouble(f"there is no {what!r} on {self.evaluate('location.pathname')}")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def picture(self, path: Path) -> None:
        """The whole page, as a WebP: a tenth of what a PNG of it weighs."""
        height = int(self.evaluate("document.documentElement.scrollHeight"))
        width = int(self.evaluate("innerWidth"))
        shot = self.ask(
            "Page.captureScreenshot",
            format="webp",
            quality=70,
            captureBeyondViewport=True,
            clip={"x": 0, "y": 0, "width": width, "height": min(height, TALLEST), "scale": 1},
        )
        path.write_bytes(base64.b64decode(shot["data"]))
