"""Pages in a browser without a window, looked through for what shuts somebody out (axe-core).

Each page stands in turn in a frame as wide as a small phone. Nothing is fetched: axe is a file.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH = 360
# The rules of WCAG 2.1 at level AA, and what axe knows beside them.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
LONGEST_SECONDS = 240
_RUN = """
async function look() {
  const found = {};
  const pages = JSON.parse(decodeURIComponent(document.getElementById("pages").textContent));
  for (const [name, page] of Object.entries(pages)) {
    const frame = document.createElement("iframe");
    frame.title = name;
    frame.style = "border:0;width:WIDTHpx;height:3000px";
    frame.srcdoc = page;
    await new Promise(done => { frame.onload = done; document.body.appendChild(frame); });
    const inside = frame.contentWindow;
    const script = inside.document.createElement("script");
    script.textContent = document.getElementById("axe").textContent;
    inside.document.head.appendChild(script);
    const seen = await inside.axe.run(inside.document,
      {runOnly: RULES, resultTypes: ["violations"]});
    found[name] = seen.violations.map(
      one => one.id + ": " + one.nodes.map(node => node.html).join(" "));
    frame.remove();
  }
  document.body.textContent = "FOUND" + encodeURIComponent(JSON.stringify(found)) + "END";
}
look().catch(error => { document.body.textContent = "FAILED " + error; });
"""


def browser() -> str | None:
    """The browser of this machine, if there is one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def violations(pages: Mapping[str, str], scratch: Path) -> dict[str, list[str]]:
    """What axe finds on each page, by the page's name: `rule: the elements that break it`."""
    found = browser()
    assert found is not None
    page = scratch / "pages.html"
    page.write_text(_one_by_one(pages), encoding="utf-8")
    flags = (
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--allow-file-access",
        f"--user-data-dir={scratch / 'browser'}", "--virtual-time-budget=120000", "--dump-dom",
    )  # fmt: skip
    done = subprocess.run(
        [found, *flags, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    _, begun, rest = done.stdout.partition("FOUND")
    assert begun, done.stdout[-500:] + done.stderr[-500:]
    seen: dict[str, list[str]] = json.loads(unquote(rest.partition("END")[0]))
    return seen


def _one_by_one(pages: Mapping[str, str]) -> str:
    look = _RUN.replace("RULES", json.dumps(RULES)).replace("WIDTH", str(WIDTH))
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Pages</title><body>'
        f'<script type="text/plain" id="pages">{quote(json.dumps(dict(pages)))}</script>'
        f'<script type="text/plain" id="axe">{_axe()}</script>'
        f"<script>window.onload = () => {{ {look} }};</script>"
    )


def _axe() -> str:
    package: Any = find_spec("axe_core_python")
    return Path(package.origin).with_name("axe.min.js").read_text(encoding="utf-8")
