"""A fault for each of our own rules: a rule that no longer finds its own is told, not trusted."""

import re
from pathlib import Path

from proofs.security.findings import HERE, Finding

CODE = f"""
import hashlib, hmac, jinja2, requests
SECRET = "whsec_{"A1b2" * 6}"
def is_ours(body, given, key):
    return hmac.new(key, body, hashlib.sha256).hexdigest() == given
def templates():
    return jinja2.Environment(autoescape=False)
def ask():
    return requests.get("https://shop.example", verify=False)
"""
PAGE = "<p>{{ text | safe }}</p>"


def rules(path: Path = HERE / "rules.yml") -> frozenset[str]:
    """The ids of our rules."""
    return frozenset(re.findall(r"^  - id: (\S+)$", path.read_text(encoding="utf-8"), re.M))


def plant(folder: Path) -> None:
    """Write the faults into an empty folder."""
    (folder / "planted.py").write_text(CODE)
    (folder / "planted.html").write_text(PAGE)


def sorted_out(found: list[Finding], folder: Path) -> tuple[list[Finding], frozenset[str]]:
    """What was found outside the planted folder, and the rules that did not find their fault."""
    planted = {one.rule for one in found if Path(one.where).is_relative_to(folder)}
    outside = [one for one in found if not Path(one.where).is_relative_to(folder)]
    return outside, rules() - planted
