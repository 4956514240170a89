"""app.py as Lambda meets it: what importing it costs, and what the webhook path leaves alone."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("onnxruntime", "numpy", "jinja2", "boto3", "feedparser", "tweepy")

SURVEY = """
import json, sys
import app
from tests.house import a_survey, house, signed
with house() as bakery:
    before = set(sys.modules)
    body = a_survey()
    status, _, _ = bakery.request("POST", "/surveys/bakery/survey", signed(body, bakery.now), body)
print(json.dumps([status, sorted(set(sys.modules) - before)]))
"""


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_importing_the_app_loads_neither_model_nor_templates_nor_clients() -> None:
    loaded = json.loads(
        in_a_fresh_process(
            "import json, sys, app\n"
            f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
        )
    )

    assert loaded == []


def test_answering_a_survey_loads_neither_model_nor_templates() -> None:
    status, new = json.loads(in_a_fresh_process(SURVEY))

    assert status == 202
    assert not [name for name in new if name.split(".")[0] in HEAVY]
    assert not [name for name in new if name.startswith(("chalicelib.pages", "chalicelib.score"))]
