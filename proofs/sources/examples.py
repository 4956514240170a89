"""The examples of `heedful init`, one for each kind of source, as a technician would uncomment
them: for the page of sources, and for the test that each of them is good."""

import re
import tomllib
from pathlib import Path

import chalicelib.cli

TEMPLATE = Path(chalicelib.cli.__file__).with_name("template.toml")
_LINE = re.compile(r"# (\[\[business\.source\]\]|[a-z_]+ = .*)")
_SOURCES = "# Where customers speak."


def examples(template: str) -> dict[str, str]:
    """From a kind to its block, in the order of the template."""
    found: dict[str, str] = {}
    for block in template[template.index(_SOURCES) :].split("\n\n"):
        lines = [
            line.removeprefix("# ")
            for line in block.splitlines()
            if _LINE.fullmatch(line) or not line.startswith("#")
        ]
        text = "\n".join(line for line in lines if line)
        if text.startswith("[[business.source]]"):
            (source,) = tomllib.loads(text)["business"]["source"]
            found[source["kind"]] = text
    return found
