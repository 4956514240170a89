"""Signed surveys: one way in, one way out for every forgery, and no crash for any body."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.business import Location, SourceSettings
from chalicelib.domain.errors import FeedbackRefused, SignatureRefused
from chalicelib.domain.feedback import Feedback, FeedbackKind, SurveyMetric
from chalicelib.ports import Delivery
from chalicelib.pull.surveys import UNKNOWN_PLACE, parse_survey, receive_standard
from chalicelib.pull.webhooks.answers import stars_from
from chalicelib.pull.webhooks.body import parse_json
from chalicelib.pull.webhooks.signatures import TOLERANCE_SECONDS, verify_standard
from tests.pull.given import Pages, a_context

# The vector of the Standard Webhooks form, computed with hmac and hashlib alone.
SECRET = "whsec_c2VjcmV0LWtleS1vZi0zMi1ieXRlcy0tLS0tLS0tLSE="
ID, STAMP = "msg_test_1", "1767225600"
BODY = '{"a":"é"}'.encode()
SIGNATURE = "v1,c8lmjn8dS5K3BRMdE4TfSzL2eMLw14NlDrl1SaAFuyo="
SIGNED_AT = datetime.fromtimestamp(int(STAMP), UTC)
NEWER_SECRET = "whsec_" + base64.b64encode(b"a newer key of more than 24 bytes").decode()
HEADERS = {"webhook-id": ID, "webhook-timestamp": STAMP, "webhook-signature": SIGNATURE}
SETTINGS = SourceSettings(name="after-visit", kind="survey", secret="bakery/survey")
NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)


def signature(secret: str, body: bytes, delivery: str = ID, stamp: str = STAMP) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@pytest.mark.parametrize(
    "secret",
    [
        SECRET,
        SECRET.removeprefix("whsec_"),
        SECRET.rstrip("="),
        SECRET + "\n",
        f" {SECRET} ",
    ],
)
def test_the_published_vector_is_accepted_however_the_secret_is_written(secret: str) -> None:
    assert verify_standard(HEADERS, BODY, [secret], SIGNED_AT) == ID


@pytest.mark.parametrize(
    "signatures",
    [
        f"v1,AAAA {SIGNATURE}",
        f"{SIGNATURE} v1,AAAA",
        f"v1a,xyz v2,xyz v1a,1 v1a,2 v1a,3 v1a,4 {SIGNATURE}",
        f"  {SIGNATURE}  ",
    ],
)
def test_one_fitting_signature_of_several_is_enough(signatures: str) -> None:
    headers = HEADERS | {"webhook-signature": signatures}

    assert verify_standard(headers, BODY, [SECRET], SIGNED_AT) == ID


@pytest.mark.parametrize(
    "secrets",
    [[SECRET, NEWER_SECRET], [NEWER_SECRET, SECRET], ["not base64!", SECRET], ["", SECRET]],
)
def test_while_secrets_are_rotated_any_live_one_will_do(secrets: list[str]) -> None:
    assert verify_standard(HEADERS, BODY, secrets, SIGNED_AT) == ID


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS, 0, TOLERANCE_SECONDS])
def test_five_minutes_either_way_are_allowed(seconds: int) -> None:
    now = SIGNED_AT + timedelta(seconds=seconds)

    assert verify_standard(HEADERS, BODY, [SECRET], now) == ID


@pytest.mark.parametrize(
    "seconds", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1, 10**9, -(10**9)]
)
def test_a_delivery_from_another_time_is_refused(seconds: int) -> None:
    with pytest.raises(SignatureRefused):
        verify_standard(HEADERS, BODY, [SECRET], SIGNED_AT + timedelta(seconds=seconds))


RAW = base64.b64decode(SIGNATURE[3:])


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": "v1," + base64.b64encode(bytes([RAW[0] ^ 1]) + RAW[1:]).decode()},
        {"webhook-signature": SIGNATURE[:-1]},
        {"webhook-signature": SIGNATURE[:20]},
        {"webhook-signature": SIGNATURE + "A"},
        {"webhook-signature": "v1," + RAW.hex()},
        {"webhook-signature": SIGNATURE[3:]},
        {"webhook-signature": "v2," + SIGNATURE[3:]},
        {"webhook-signature": "V1," + SIGNATURE[3:]},
        {"webhook-signature": "v1=" + SIGNATURE[3:]},
        {"webhook-signature": "v1," + SIGNATURE[3:].replace("+", "-").replace("/", "_").lower()},
        {"webhook-signature": "v1,ünïcode"},
        {"webhook-signature": "v1,\udcff"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": ""},
        {"webhook-signature": "garbage"},
        {"webhook-signature": "\x00" * 50},
        {"webhook-signature": " ".join(["v1,AAAA"] * 5) + " " + SIGNATURE},
        {"webhook-signature": "v1," + signature(NEWER_SECRET, BODY)[3:]},
        {"webhook-signature": "v1," + signature(SECRET, BODY + b" ")[3:]},
        {"webhook-id": "msg_test_2"},
        {"webhook-id": ""},
        {"webhook-id": "msg.test.1"},
        {"webhook-id": "m" * 257},
        {"webhook-id": "msg_tést"},
        {"webhook-id": "msg\ntest"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1767225601"},
        {"webhook-timestamp": "1767225600.0"},
        {"webhook-timestamp": "-1767225600"},
        {"webhook-timestamp": "+1767225600"},
        {"webhook-timestamp": "１７６７２２５６００"},
        {"webhook-timestamp": "1" * 5000},
        {"webhook-timestamp": "2026-01-01T00:00:00Z"},
        {"webhook-timestamp": " 1767225600"},
    ],
)
def test_every_forged_header_is_refused_in_the_same_way(changed: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        verify_standard(HEADERS | changed, BODY, [SECRET], SIGNED_AT)


@pytest.mark.parametrize("missing", list(HEADERS))
def test_a_missing_header_is_refused(missing: str) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != missing}

    with pytest.raises(SignatureRefused):
        verify_standard(headers, BODY, [SECRET], SIGNED_AT)


@pytest.mark.parametrize("place", range(len(BODY)))
def test_every_flipped_byte_of_the_body_is_noticed(place: int) -> None:
    body = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]

    with pytest.raises(SignatureRefused):
        verify_standard(HEADERS, body, [SECRET], SIGNED_AT)


@pytest.mark.parametrize(
    "secrets",
    [
        [],
        [""],
        ["whsec_"],
        ["whsec_c2hvcnQ="],
        ["not base64 at all!"],
        ["whsec_ünïcode"],
        ["\x00"],
        [NEWER_SECRET],
    ],
)
def test_without_a_good_secret_nothing_is_accepted(secrets: list[str]) -> None:
    with pytest.raises(SignatureRefused):
        verify_standard(HEADERS, BODY, secrets, SIGNED_AT)


def test_a_signature_with_an_empty_key_is_no_signature() -> None:
    forged = (
        "v1,"
        + base64.b64encode(
            hmac.new(b"", f"{ID}.{STAMP}.".encode() + BODY, hashlib.sha256).digest()
        ).decode()
    )

    with pytest.raises(SignatureRefused):
        verify_standard(HEADERS | {"webhook-signature": forged}, BODY, [""], SIGNED_AT)


HEADER_TEXT = st.text(max_size=60) | st.sampled_from([ID, STAMP, SIGNATURE])


@settings(max_examples=100)
@given(
    st.fixed_dictionaries({}, optional={name: HEADER_TEXT for name in HEADERS}),
    st.binary(max_size=60) | st.just(BODY),
    st.lists(st.text(max_size=40) | st.just(SECRET), max_size=3),
)
def test_no_headers_and_no_body_get_anything_but_a_refusal_past_the_verifier(
    headers: dict[str, str], body: bytes, secrets: list[str]
) -> None:
    try:
        delivery = verify_standard(headers, body, secrets, SIGNED_AT)
    except SignatureRefused:
        return
    assert (delivery, body) == (ID, BODY)
    assert any(secret.strip() == SECRET for secret in secrets)


def a_response(**changes: Any) -> dict[str, Any]:
    plain = {
        "response_id": "r1",
        "respondent": {"id": "c42", "email": None, "consent": True},
        "submitted_at": "2026-03-28T12:00:00+01:00",
        "language": "en-GB",
        "answers": [
            {"key": "nps", "metric": "nps", "value": 3, "scale": [0, 10]},
            {"key": "why", "metric": "text", "value": "  Cold bread\u202e  "},
        ],
        "context": {"order_id": "o9", "location": "station", "stage": "delivery"},
    }
    return plain | changes


def parse(data: Any, **envelope: Any) -> Feedback:
    body = {"type": "survey.response", "timestamp": "2026-03-28T11:30:00Z", "data": data}
    return parse_survey(
        json.dumps(body | envelope).encode(), business_id="bakery", settings=SETTINGS, now=NOW
    )


def test_a_response_becomes_feedback() -> None:
    one = parse(a_response())

    assert (one.source, one.external_id, one.kind) == ("after-visit", "r1", FeedbackKind.SURVEY)
    assert (one.text, one.language, one.location) == ("Cold bread", "en", "station")
    assert (one.author_id, one.has_consent, one.order_reference) == ("c42", True, "o9")
    assert one.written_at == datetime(2026, 3, 28, 11, tzinfo=UTC)
    assert dict(one.survey_scores) == {SurveyMetric.NPS: 3.0}
    assert one.stars == pytest.approx(2.2)


def test_a_changed_response_is_newer_than_the_one_before() -> None:
    first = parse(a_response())
    later = parse(
        a_response(answers=[{"metric": "csat", "value": 5}]), timestamp="2026-03-28T15:00:00Z"
    )
    dated = parse(a_response(updated_at="2026-03-28T18:00:00Z"))

    assert first.version < later.version < dated.version
    assert parse(a_response()).version == first.version


@pytest.mark.parametrize("consent", [None, "yes", "true", 1, [], {"given": True}])
def test_consent_is_given_by_the_word_true_alone(consent: object) -> None:
    assert not parse(a_response(respondent={"id": "c42", "consent": consent})).has_consent


@pytest.mark.parametrize(
    ("metric", "value", "scale", "score"),
    [
        ("nps", 0, None, 0.0),
        ("nps", 10, None, 10.0),
        ("csat", 1, None, 1.0),
        ("csat", 4.5, None, 4.5),
        ("ces", 7, None, 7.0),
        ("csat", 50, [0, 100], 3.0),
        ("nps", 5, [1, 5], 10.0),
        ("ces", 1, [1, 5], 1.0),
        ("csat", 3, ["0", "5"], 3.0),
        ("csat", 3, [0, 1, 2], 3.0),
    ],
)
def test_scores_are_brought_onto_their_own_scale(
    metric: str, value: float, scale: list[Any] | None, score: float
) -> None:
    answer = {"metric": metric, "value": value, "scale": scale}

    one = parse(a_response(answers=[answer]))

    assert dict(one.survey_scores) == {SurveyMetric(metric): pytest.approx(score)}


@pytest.mark.parametrize(
    ("scores", "stars"),
    [
        ({}, None),
        ({SurveyMetric.NPS: 0.0}, 1.0),
        ({SurveyMetric.NPS: 10.0}, 5.0),
        ({SurveyMetric.CES: 4.0}, 3.0),
        ({SurveyMetric.CSAT: 2.0, SurveyMetric.NPS: 10.0}, 2.0),
    ],
)
def test_stars_come_from_the_most_direct_score(
    scores: dict[SurveyMetric, float], stars: float | None
) -> None:
    assert stars_from(scores) == stars


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"response_id": None}, "data.response_id"),
        ({"response_id": ""}, "data.response_id"),
        ({"response_id": " "}, "data.response_id"),
        ({"response_id": True}, "data.response_id"),
        ({"response_id": ["r1"]}, "data.response_id"),
        ({"answers": None}, "data.answers"),
        ({"answers": {}}, "data.answers"),
        ({"answers": []}, "data.answers"),
        ({"answers": [{"metric": "text", "value": "  "}]}, "data.answers"),
        ({"answers": [{"metric": "other", "value": 1}]}, "data.answers"),
        ({"answers": [{"metric": ["nps"], "value": 1}]}, "data.answers"),
        ({"answers": ["nps"]}, "data.answers[0]"),
        ({"answers": [{"metric": "text", "value": 5}]}, "data.answers[0].value"),
        ({"answers": [{"metric": "nps", "value": "5"}]}, "data.answers[0].value"),
        ({"answers": [{"metric": "nps", "value": True}]}, "data.answers[0].value"),
        ({"answers": [{"metric": "nps", "value": 11}]}, "data.answers[0]"),
        ({"answers": [{"metric": "nps", "value": -1}]}, "data.answers[0]"),
        ({"answers": [{"metric": "csat", "value": 0}]}, "data.answers[0]"),
        ({"answers": [{"metric": "nps", "value": 1, "scale": [5, 5]}]}, "data.answers[0].scale"),
        ({"answers": [{"metric": "nps", "value": 1, "scale": [9, 1]}]}, "data.answers[0].scale"),
        ({"submitted_at": "yesterday"}, "data.submitted_at"),
        ({"submitted_at": 1767225600}, "data.submitted_at"),
        ({"submitted_at": {}}, "data.submitted_at"),
        ({"submitted_at": "0001-01-01T00:00:00+10:00"}, "data.submitted_at"),
        ({"updated_at": "never"}, "data.updated_at"),
    ],
)
def test_what_makes_no_sense_is_refused_naming_the_field(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(FeedbackRefused) as caught:
        parse(a_response(**changes))

    assert caught.value.field == field


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"data"',
        b"{}",
        b'{"data": []}',
        b"{",
        b"\xff\xfe",
        "{}".encode("utf-16"),
        b'{"data": NaN}',
        b'{"data": Infinity}',
        b'{"data": {"response_id": 1234567890123456789}}',
        b'{"data": ' + b"1" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 21 + b"1" + b"}" * 21,
        b'{"data": {"response_id": "r", "answers": [{"metric": "nps", "value": 1e999}]}}',
        b'{"data": {"response_id": "r", "answers": [{"metric": "nps", "value": 1,'
        b' "scale": [-1e999, 1e999]}]}}',
    ],
)
def test_a_hostile_body_is_refused(body: bytes) -> None:
    with pytest.raises(FeedbackRefused):
        parse_survey(body, business_id="bakery", settings=SETTINGS, now=NOW)


def test_a_lone_surrogate_travels_nowhere() -> None:
    one = parse(
        a_response(
            response_id="r\ud800",
            respondent={"id": "c\ud800"},
            answers=[{"metric": "text", "value": "bad \ud800"}],
        )
    )

    assert (one.external_id, one.author_id, one.text) == ("r?", "c?", "bad ?")
    assert len(one.feedback_id) == 32


def test_empty_and_odd_times_are_put_right() -> None:
    assert parse(a_response(submitted_at="")).written_at == datetime(
        2026, 3, 28, 11, 30, tzinfo=UTC
    )
    assert parse(a_response(submitted_at=None), timestamp=None).written_at == NOW
    assert parse(a_response(submitted_at="2027-01-01")).written_at == NOW
    assert parse(a_response(submitted_at="0001-01-01T00:00:00Z")).written_at.year == 1970


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metric", "value", "scale", "id", "location", "key"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
ANSWER = st.fixed_dictionaries(
    {"metric": st.sampled_from(["nps", "csat", "ces", "text"]), "value": JSON},
    optional={"scale": JSON},
)
RESPONSE = st.fixed_dictionaries(
    {"response_id": JSON | st.just("r1"), "answers": st.lists(ANSWER | JSON, max_size=3) | JSON},
    optional={
        "respondent": JSON,
        "context": JSON,
        "submitted_at": JSON | st.datetimes().map(str),
        "updated_at": JSON | st.datetimes().map(str),
        "language": JSON,
    },
)


def _accepts_or_refuses(parse_it: Callable[[], object]) -> None:
    try:
        parse_it()
    except FeedbackRefused as error:
        assert error.field


@settings(max_examples=120)
@given(RESPONSE | JSON, JSON)
def test_no_response_gets_anything_but_a_refusal_past_the_reader(data: Any, stamp: Any) -> None:
    body = json.dumps({"data": data, "timestamp": stamp}).encode()

    _accepts_or_refuses(
        lambda: parse_survey(body, business_id="bakery", settings=SETTINGS, now=NOW)
    )


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_no_bytes_get_anything_but_a_refusal_past_the_reader(body: bytes) -> None:
    _accepts_or_refuses(lambda: parse_json(body))
    _accepts_or_refuses(
        lambda: parse_survey(body, business_id="bakery", settings=SETTINGS, now=NOW)
    )


def test_a_delivery_is_proven_before_it_is_read() -> None:
    from chalicelib.ports import Delivery

    context = a_context(Pages())

    def deliver(body: bytes, signed: str) -> Delivery:
        headers = HEADERS | {"webhook-signature": signed}
        return Delivery(
            business=context.business,
            settings=SETTINGS,
            secrets=(SECRET,),
            headers=headers,
            body=body,
            now=SIGNED_AT,
        )

    good = json.dumps({"data": a_response()}).encode()
    received = receive_standard(deliver(good, signature(SECRET, good)))
    assert (received.delivery_id, received.feedback[0].business_id) == (ID, "bakery")
    with pytest.raises(FeedbackRefused):
        receive_standard(deliver(b"{", signature(SECRET, b"{")))
    with pytest.raises(SignatureRefused):
        receive_standard(deliver(b"{", SIGNATURE))


@pytest.mark.parametrize(
    ("named", "location", "note"),
    [
        ("station", "station", ""),
        ("Station kiosk", "station", ""),
        ("main", "main", ""),
        (None, "main", ""),
        ("quirina@post.example", "main", UNKNOWN_PLACE),
        ("Moon", "main", UNKNOWN_PLACE),
    ],
)
def test_a_place_that_nobody_knows_is_none_of_ours(
    named: str | None, location: str, note: str
) -> None:
    context = a_context(Pages())
    places = (Location(location_id="station", name="Station kiosk"),)
    body = json.dumps({"data": a_response(context={"location": named})}).encode()

    received = receive_standard(
        Delivery(
            business=replace(context.business, locations=places),
            settings=SETTINGS,
            secrets=(SECRET,),
            headers={**HEADERS, "webhook-signature": signature(SECRET, body)},
            body=body,
            now=SIGNED_AT,
        )
    )

    assert (received.feedback[0].location, received.note) == (location, note)
