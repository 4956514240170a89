"""Every tool's signature, right and almost right, through the public routes: a good delivery is
stored once however often it comes; a bad one gets 401 and leaves nothing."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import SignatureRefused
from chalicelib.pull.webhooks import intercom, surveymonkey, tally, typeform, zendesk
from chalicelib.pull.webhooks.signatures import Scheme, verify_body, verify_stamped, verify_word
from tests.house import House, house
from tests.pull.webhooks.deliveries import TYPEFORM, as_json
from tests.pull.webhooks.given import changed
from tests.pull.webhooks.mutants import bad, good
from tests.pull.webhooks.senders import BY_KIND, SENDERS, Sender, move_in, retire

CASES = pytest.mark.parametrize("sender", SENDERS, ids=lambda one: one.kind)
# Computed with hmac and hashlib alone, over these very bytes.
VECTORS = {
    "typeform": (
        typeform.SCHEME,
        "typeform-test-secret",
        '{"event_id":"01TESTEVT","event_type":"form_response",'
        '"form_response":{"form_id":"f1","token":"tok1"}}',
        "sha256=omQ7QN9YidsEHE4dyJsNFEkDe4sezRzqrHOojBeByjY=",
    ),
    "tally": (
        tally.SCHEME,
        "tally-test-secret",
        '{"eventId":"e1","eventType":"FORM_RESPONSE","createdAt":"2026-01-02T03:04:05.000Z",'
        '"data":{"responseId":"r1"}}',
        "eDYcS+iNILkXWGvWz8gLvIqIKGpqjGnYHyFw0d41vdI=",
    ),
    "surveymonkey": (
        surveymonkey.SCHEME,
        "client-id&client-secret",
        '{"name":"hook","event_type":"response_completed","event_id":"1",'
        '"object_type":"response","object_id":"55","resources":{"survey_id":"9"}}',
        "wc+YSnuCNfJeM+rfr4lujYV7nh0=",
    ),
}


@pytest.fixture
def town() -> Iterator[House]:
    """A house with every tool of two businesses."""
    with house() as made:
        move_in(made)
        yield made


def left_behind(town: House) -> int:
    """Feedback and fetches that wait."""
    return len(town.queues.feedback.waiting) + len(town.queues.pulls.waiting)


@CASES
def test_a_good_delivery_is_taken_and_stored_once_however_often_it_comes(
    town: House, sender: Sender
) -> None:
    for sent in good(sender, town.now):
        for _ in range(2):
            status, _, _ = town.request("POST", sent.path, sent.headers, sent.body)
            assert status in (200, 202), (sent.name, status)

    if sender.is_fetched:
        state = town.store.load_source("bakery", f"from-{sender.kind}")
        assert state is not None
        assert len(state.cursor["waiting"]) == 1  # type: ignore[arg-type]
        return
    town.run.settle()
    stored = town.store.scored_between("bakery", "2026-05-01", "2026-05-31")
    assert len(stored) == 1
    assert stored[0].feedback.text.startswith("bad")


def test_a_delivery_without_a_date_that_comes_again_is_no_edit(town: House) -> None:
    sender = BY_KIND["typeform"]
    body = as_json(changed(TYPEFORM, "form_response", "submitted_at", to=...))
    first = town.now

    for _ in range(2):
        path, headers, sent = sender.request(sender.secrets["live"], town.now, body=body)
        assert town.request("POST", path, headers, sent)[0] == 202
        town.run.settle()
        town.wait(minutes=10)

    (stored,) = town.store.scored_between("bakery", "2026-05-01", "2026-05-31")
    assert stored.feedback.updated_at == first


@CASES
def test_a_bad_delivery_is_refused_alike_and_leaves_nothing(town: House, sender: Sender) -> None:
    retire(town)

    answers = {
        sent.name: town.request("POST", sent.path, sent.headers, sent.body)[::2]
        for sent in bad(sender, town.now)
    }

    wrong = {name: answer for name, answer in answers.items() if answer != (401, '{"status":401}')}
    assert wrong == {}
    assert len(answers) >= 14
    assert left_behind(town) == 0


@CASES
def test_without_a_secret_nothing_is_taken(town: House, sender: Sender) -> None:
    path, headers, body = sender.request(sender.secrets["live"], town.now)
    secrets = town.services.secrets.values  # type: ignore[attr-defined]
    for none in ((), ("",), ("short",)):
        secrets[f"bakery/{sender.kind}"] = none
        assert town.request("POST", path, headers, body)[0] == 401
    del secrets[f"bakery/{sender.kind}"]

    assert town.request("POST", path, headers, body)[0] == 401
    assert left_behind(town) == 0


@CASES
def test_a_tool_that_asks_with_head_gets_200(town: House, sender: Sender) -> None:
    path, _, _ = sender.request(sender.secrets["live"], town.now)

    assert town.request("HEAD", path)[0] == 200


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_fit_and_no_flipped_byte_does(name: str) -> None:
    scheme, secret, text, signature = VECTORS[name]
    body, headers = text.encode(), {scheme.header: signature}

    verify_body(scheme, headers, body, [secret])
    for place in range(len(body)):
        flipped = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        with pytest.raises(SignatureRefused):
            verify_body(scheme, headers, flipped, [secret])


def test_the_vector_of_zendesk_fits_within_five_minutes() -> None:
    headers = {
        zendesk.SCHEME.header: "zf/zT2uc4bUSTFWlRD+w06j6vSJfHQvykbB5tlcZpRU=",
        zendesk.STAMP: "2026-01-02T03:04:05Z",
    }
    signed_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def verify(now: datetime) -> None:
        verify_stamped(zendesk.SCHEME, zendesk.STAMP, headers, b'{"id":1}', ["zd-secret"], now)

    verify(signed_at)
    verify(signed_at.replace(minute=9))
    for now in (signed_at.replace(minute=9, second=6), signed_at.replace(day=1)):
        with pytest.raises(SignatureRefused):
            verify(now)


def test_a_hex_signature_of_intercom_fits() -> None:
    # sha1 over "{}" with this key, by hashlib alone.
    import hashlib
    import hmac

    secret, body = "intercom-client-secret", b"{}"
    signature = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()

    verify_body(intercom.SCHEME, {"x-hub-signature": f"sha1={signature}"}, body, [secret])
    with pytest.raises(SignatureRefused):
        as_base64 = base64.b64encode(bytes.fromhex(signature)).decode()
        verify_body(intercom.SCHEME, {"x-hub-signature": f"sha1={as_base64}"}, body, [secret])


def test_one_bad_secret_does_not_switch_off_the_other() -> None:
    scheme = Scheme(header="x")
    body = b"{}"
    import hashlib
    import hmac

    signature = base64.b64encode(hmac.new(b"a long secret", body, hashlib.sha256).digest()).decode()

    for secrets in (["", "a long secret"], ["a long secret\n", "x"], ["\udcff", " a long secret "]):
        verify_body(scheme, {"x": signature}, body, secrets)
    verify_word("a word of sixteen", ["short", "a word of sixteen"])
    with pytest.raises(SignatureRefused):
        verify_word("", ["", ""])
    with pytest.raises(SignatureRefused):
        verify_word("short", ["short"])
