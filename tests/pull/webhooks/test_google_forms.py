"""Google Forms: what our Apps Script sends, and the script itself where a JavaScript engine is."""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.errors import FeedbackRefused
from chalicelib.domain.feedback import SurveyMetric
from chalicelib.pull.webhooks.signatures import verify_standard
from tests.pull.webhooks.deliveries import GOOGLE_FORM
from tests.pull.webhooks.given import NOW, changed, receive, said
from tests.pull.webhooks.senders import STANDARD

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "google-forms.gs"


def test_a_delivery_becomes_feedback_without_any_settings() -> None:
    one = said("google_forms", GOOGLE_FORM)

    assert (one.external_id, one.text) == ("gf-response-1", "bad bread")
    assert one.survey_scores[SurveyMetric.NPS] == 2.0
    # Two of ten stars, on the scale of CSAT.
    assert one.survey_scores[SurveyMetric.CSAT] == pytest.approx(1 + 4 / 9)
    assert SurveyMetric.CES not in one.survey_scores


def test_what_heedful_toml_names_is_taken_as_named() -> None:
    one = said("google_forms", GOOGLE_FORM, questions={"ces": "Tea", "text": ["Bought", "103"]})

    assert one.survey_scores[SurveyMetric.CES] == 4.0
    assert one.text == "Rolls, Cake\nbad bread"


@pytest.mark.parametrize(
    ("scale", "is_nps"), [([0, 10], True), ([1, 10], False), ([0, 5], False), (None, False)]
)
def test_only_from_nought_to_ten_is_a_scale_taken_for_nps(scale: Any, is_nps: bool) -> None:
    answers = [{"key": "1", "title": "How?", "type": "SCALE", "value": 4, "scale": scale}]
    body = changed(GOOGLE_FORM, "data", "answers", to=answers)

    assert (SurveyMetric.NPS in said("google_forms", body).survey_scores) is is_nps


@pytest.mark.parametrize("scale", [[5, 1], [1], ["a", "b"], "1-5", [None, None]])
def test_a_scale_that_is_none_loses_no_answer(scale: Any) -> None:
    answers = [{"key": "1", "title": "Stars", "type": "RATING", "value": 2, "scale": scale}]
    body = changed(GOOGLE_FORM, "data", "answers", to=answers)

    assert dict(said("google_forms", body).survey_scores) == {SurveyMetric.CSAT: 2.0}


def test_a_response_without_an_id_is_refused_by_field() -> None:
    with pytest.raises(FeedbackRefused) as caught:
        receive("google_forms", changed(GOOGLE_FORM, "data", "response_id", to=""))

    assert caught.value.field == "data.response_id"


# What Apps Script offers, as far as the script uses it; bytes are signed there.
ENGINE = """
const crypto = require('crypto'), fs = require('fs');
const signed = (buffer) => Array.from(buffer, (byte) => (byte > 127 ? byte - 256 : byte));
const plain = (bytes) => Buffer.from(bytes.map((byte) => byte & 255));
const kept = {HEEDFUL_ADDRESS: 'https://heedful.example/x', HEEDFUL_SECRET: process.argv[3]};
const statuses = JSON.parse(process.argv[4]), calls = [], slept = [];
const item = (id, title, type, more) => ({getId: () => id, getTitle: () => title,
  getType: () => type, asScaleItem: () => more, asRatingItem: () => more});
const answers = [
  [item(101, 'Recommend us?', 'SCALE', {getLowerBound: () => 0, getUpperBound: () => 10}), '2'],
  [item(102, 'Stars', 'RATING', {getRatingScaleLevel: () => 5}), '1'],
  [item(103, 'Why?', 'PARAGRAPH_TEXT'), 'bad, schön kalt'],
  [item(104, 'Bought', 'CHECKBOX'), ['Rolls', 'Cake']],
];
const response = {
  getId: () => '2_ABa.OnN', getTimestamp: () => new Date('2026-05-04T08:58:00Z'),
  getItemResponses: () => answers.map(([asked, given]) => (
    {getItem: () => asked, getResponse: () => given})),
};
globalThis.Utilities = {
  newBlob: (text) => ({getBytes: () => signed(Buffer.from(text))}),
  base64Decode: (text) => signed(Buffer.from(text, 'base64')),
  base64Encode: (bytes) => plain(bytes).toString('base64'),
  computeHmacSha256Signature: (value, key) => signed(
    crypto.createHmac('sha256', plain(key)).update(plain(value)).digest()),
  sleep: (time) => slept.push(time),
};
globalThis.PropertiesService = {getScriptProperties: () => ({
  getProperty: (name) => kept[name] ?? null, getProperties: () => ({...kept}),
  setProperty: (name, value) => { kept[name] = value; },
  deleteProperty: (name) => { delete kept[name]; },
})};
globalThis.UrlFetchApp = {fetch: (url, asked) => {
  calls.push({url, headers: asked.headers, type: asked.contentType,
    body: plain(asked.payload).toString('base64')});
  const status = statuses.shift() ?? 202;
  if (status === 0) { throw new Error('Address unavailable'); }
  return {getResponseCode: () => status};
}};
globalThis.FormApp = {ItemType: {SCALE: 'SCALE', RATING: 'RATING'},
  getActiveForm: () => ({getResponses: () => [response]})};
globalThis.Logger = {log: () => {}};
(0, eval)(fs.readFileSync(process.argv[2], 'utf8'));
kept['taken.long ago'] = '1';
const first = send(response);
catchUp();
console.log(JSON.stringify({first, calls, slept, kept}));
"""
NODE = shutil.which("node")
node = pytest.mark.skipif(NODE is None, reason="no JavaScript engine is here")


def run_script(statuses: list[int], tmp_path: Path) -> dict[str, Any]:
    """What the script does while Heedful answers so."""
    engine = tmp_path / "engine.js"
    engine.write_text(ENGINE, encoding="utf-8")
    done = subprocess.run(
        [str(NODE), str(engine), str(SCRIPT), STANDARD["live"], json.dumps(statuses)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@node
def test_the_script_signs_what_our_verifier_accepts(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    told = run_script([202], tmp_path)

    (call,) = told["calls"]
    body = base64.b64decode(call["body"])
    now = datetime.fromtimestamp(int(call["headers"]["webhook-timestamp"]), UTC)
    assert verify_standard(call["headers"], body, [STANDARD["live"]], now).startswith("gf_2_ABa_")
    one = said("google_forms", body)
    assert one.text == "bad, schön kalt"
    assert dict(one.survey_scores) == {SurveyMetric.NPS: 2.0, SurveyMetric.CSAT: 1.0}
    assert one.written_at < NOW


@node
def test_the_script_tries_again_and_the_daily_run_sends_what_was_not_taken(tmp_path: Path) -> None:
    told = run_script([500, 0, 503, 429], tmp_path)

    # Four tries that failed, and one of the daily run.
    assert (told["first"], len(told["calls"])) == (429, 5)
    assert told["slept"] == [1000, 4000, 16000]
    assert len({call["headers"]["webhook-id"] for call in told["calls"]}) == 1
    assert "taken.long ago" not in told["kept"]
    assert told["kept"]["taken.2_ABa.OnN"] == "1777885080000"


@node
def test_the_script_does_not_insist_where_the_secret_is_wrong(tmp_path: Path) -> None:
    told = run_script([401, 202], tmp_path)

    assert (told["first"], len(told["calls"]), told["slept"]) == (401, 2, [])
