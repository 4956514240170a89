"""Every Lambda and route of Heedful, in the order in which a customer's words travel.

Each handler takes its trigger apart, calls one function of `chalicelib.flow`, logs the report (ids
and counts, never a customer's word) and answers. Nothing else lives here.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.batch import process_partial_response as answer_batch
from chalice.app import Chalice, ConvertToMiddleware, Response, SNSEvent, SQSEvent

from chalicelib import flow
from chalicelib.wiring import services

FORM = ["application/x-www-form-urlencoded"]
# The form in which mail programs should send their one click (RFC 8058), and Jotform its answers.
ANY_FORM = [*FORM, "multipart/form-data"]
# SurveyMonkey has a name of its own for JSON.
JSON = ["application/json", "application/vnd.surveymonkey.response.v1+json"]

app = Chalice(app_name="heedful", configure_logs=False)
# Parts of a form need not be UTF-8; as "binary" they reach us as they were sent.
app.api.binary_types += ANY_FORM
logger = Logger(service="heedful")


class WithoutWords(logging.Filter):
    """Chalice logs a route's failure with its address and the error's own words. The address may
    hold a secret and the words a customer's: the kind of error and its place are left."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, but none with a traceback."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Exception):
            record.msg, record.args = "failed: %s", (flow.name_of_failure(error),)
            record.exc_info = None
        return True


app.log.addFilter(WithoutWords())
app.register_middleware(ConvertToMiddleware(logger.inject_lambda_context))


# --- pull ---------------------------------------------------------------------------------------


@app.lambda_function()
def plan_pulls(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every five minutes: put every source that is due on the pulls queue, send workers for it."""
    report = flow.plan_pulls(services(), services().clock())
    return log_or_fail("planned pulls", report, report.troubles)


@app.lambda_function()
def pull_source(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sent for by plan_pulls: read and redact what the pulls queue names, one source after the
    other, and put what is new on the feedback queue."""
    report = flow.pull_waiting(services(), seconds_left(context))
    return log("pulled sources", report)


# --- surveys ------------------------------------------------------------------------------------


@app.route("/surveys/{business}/{provider}", methods=["POST"], content_types=JSON)
def receive_survey(business: str, provider: str) -> Response:
    """From survey tools: prove the sender, put the response on the feedback queue, answer."""
    _, headers, body = request_parts()
    report = flow.receive_survey(services(), business, provider, headers, body, services().clock())
    log("received a survey", report, provider=provider)
    return Response(body={"status": report.status}, status_code=report.status)


@app.route("/surveys/{business}/jotform/{secret}", methods=["POST"], content_types=ANY_FORM)
def receive_jotform(business: str, secret: str) -> Response:
    """From Jotform, which signs nothing: the address proves it. It is in no line of the log."""
    _, headers, body = request_parts()
    report = flow.receive_survey(
        services(), business, "jotform", headers, body, services().clock(), path_secret=secret
    )
    log("received a survey", report, provider="jotform")
    return Response(body={"status": report.status}, status_code=report.status)


@app.route("/messages/{business}", methods=["POST"])
def receive_message(business: str) -> Response:
    """From chat tools: store one message like any feedback; should a person answer it?"""
    _, headers, body = request_parts()
    report = flow.receive_message(services(), business, headers, body, services().clock())
    log("received a message", report)
    return Response(body=message_answer(report), status_code=report.status)


@app.route("/surveys/{business}/{provider}", methods=["HEAD"], content_types=[])
@app.route("/surveys/{business}/jotform/{secret}", methods=["HEAD"], content_types=[])
@app.route("/messages/{business}", methods=["HEAD"], content_types=[])
def is_there(**_: str) -> Response:
    """To tools that look whether an address answers before they use it."""
    return Response(body="", status_code=200)


# --- score, store, detect -----------------------------------------------------------------------


@app.on_sqs_message(queue="feedback", batch_size=10)
def score_feedback(event: SQSEvent) -> dict[str, Any]:
    """From the feedback queue: score, store, judge; an incident leaves notifications for watch."""
    bodies = {message["messageId"]: message["body"] for message in event.to_dict()["Records"]}
    report = flow.score_feedback(services(), bodies, services().clock())
    log("scored a batch", report)
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(answer_batch(event.to_dict(), fail_those(report.failed), processor))


# --- alert --------------------------------------------------------------------------------------


@app.lambda_function()
def watch(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every minute, the only sender: e-mail and SMS that wait, and whatever a step dropped."""
    report = flow.watch(services(), services().clock(), seconds_left(context))
    return log_or_fail("watched", report, report.troubles)


@app.on_sns_message(topic="delivery-notices")
def note_delivery(event: SNSEvent) -> None:
    """From SES and the SMS service: what arrived, what bounced, who complained."""
    report = flow.note_delivery(services(), event.message, services().clock())
    log("noted a delivery", report)


# --- learn --------------------------------------------------------------------------------------


@app.lambda_function()
def write_digests(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every hour: write the digests whose local hour has come; the watch sends them."""
    report = flow.write_digests(services(), services().clock())
    return log("wrote digests", report)


# --- protect ------------------------------------------------------------------------------------


@app.lambda_function()
def apply_retention(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every hour: take words and names out of all feedback that has outlived its purpose."""
    report = flow.apply_retention(services(), services().clock(), seconds_left(context))
    return log("applied retention", report)


# --- the pages behind the links -----------------------------------------------------------------


@app.route("/i/{token}")
def incident_page(token: str) -> Response:
    """The incident behind a link. Looking never changes anything: mail scanners look too."""
    page = flow.incident_page(services(), token, services().clock())
    return shown(page)


@app.route("/i/{token}", methods=["POST"], content_types=FORM)
def act_on_incident(token: str) -> Response:
    """A button on that page: acknowledge, snooze, resolve, not negative."""
    _, _, body = request_parts()
    page = flow.act_on_incident(services(), token, body, services().clock())
    return shown(page)


@app.route("/u/{token}")
def unsubscribe_page(token: str) -> Response:
    """The page that asks before anybody is unsubscribed."""
    page = flow.unsubscribe_page(services(), token, services().clock())
    return shown(page)


@app.route("/u/{token}", methods=["POST"], content_types=ANY_FORM)
def unsubscribe(token: str) -> Response:
    """One click in the mail program, or the button on the page."""
    _, _, body = request_parts()
    page = flow.unsubscribe(services(), token, body, services().clock())
    return shown(page)


# --- the owner's pages --------------------------------------------------------------------------


@app.route("/sign-in/{business}")
def sign_in_page(business: str) -> Response:
    """Asks for an e-mail address; the same for every business, known or not."""
    _, headers, _ = request_parts()
    return shown(flow.sign_in_page(services(), business, headers))


@app.route("/sign-in/{business}", methods=["POST"], content_types=FORM)
def ask_to_sign_in(business: str) -> Response:
    """Has the watch mail a link, if the address is a contact's; the answer is always the same."""
    _, headers, body = request_parts()
    page = flow.ask_to_sign_in(services(), business, headers, body, services().clock())
    return shown(page)


@app.route("/s/{token}")
def sign_in_link_page(token: str) -> Response:
    """Behind the link in that mail: a button. Looking uses nothing up: mail scanners look too."""
    _, headers, _ = request_parts()
    return shown(flow.sign_in_link_page(services(), token, headers, services().clock()))


@app.route("/s/{token}", methods=["POST"], content_types=FORM)
def sign_in(token: str) -> Response:
    """The button: uses the link up and begins a session."""
    _, headers, _ = request_parts()
    return shown(flow.sign_in(services(), token, headers, services().clock()))


@app.route("/o/sign-out", methods=["POST"], content_types=FORM)
def sign_out() -> Response:
    """Ends the sessions of this contact on all devices."""
    _, headers, _ = request_parts()
    return shown(flow.sign_out(services(), headers, services().clock()))


@app.route("/o/{page}")
@app.route("/o/{page}/{name}")
def owner_page(page: str, name: str = "") -> Response:
    """One of the owner's pages; the session's cookie says whose. Shows and never changes."""
    _, headers, _ = request_parts()
    answer = flow.owner_page(services(), page, name, headers, query(), services().clock())
    return shown(answer)


@app.route("/o/{page}/{name}", methods=["POST"], content_types=FORM)
def owner_act(page: str, name: str) -> Response:
    """A form on one of them."""
    _, headers, body = request_parts()
    answer = flow.owner_act(services(), page, name, headers, body, services().clock())
    return shown(answer)


# --- what customers may know and ask -------------------------------------------------------------


@app.route("/privacy/{business}")
def notice_page(business: str) -> Response:
    """What the business keeps of what its customers say, why, how long, and the form to ask."""
    _, headers, _ = request_parts()
    language, accepted = query().get("lang", ""), headers.get("accept-language", "")
    return shown(flow.notice_page(services(), business, language, accepted))


@app.route("/privacy/{business}", methods=["POST"], content_types=FORM)
def ask_about_words(business: str) -> Response:
    """That form: somebody asks to see, correct or erase their words, or objects."""
    _, headers, body = request_parts()
    asked_in = (query().get("lang", ""), headers.get("accept-language", ""))
    page = flow.ask_about_words(services(), business, body, asked_in, services().clock())
    return shown(page)


# --- what the handlers share --------------------------------------------------------------------


def log(message: str, report: Any, **more: str) -> dict[str, Any]:
    """One structured line a run: the report's counts and ids."""
    counts: dict[str, Any] = asdict(report) | more
    logger.info(message, extra={"report": counts})
    return counts


def shown(page: flow.PageAnswer) -> Response:
    """A page as the browser gets it."""
    return Response(body=page.body, status_code=page.status, headers=dict(page.headers))


def log_or_fail(message: str, report: Any, troubles: tuple[str, ...]) -> dict[str, Any]:
    """The same, and then fail if anybody had trouble: the others are served by now, and the alarm
    on the function's errors tells the operator."""
    counts = log(message, report)
    if troubles:
        raise RuntimeError("; ".join(troubles))
    return counts


def message_answer(report: flow.MessageReport) -> dict[str, Any]:
    """What a chat tool is told: its status alone when the message was refused."""
    if report.hand_over is None:
        return {"status": report.status}
    return {
        "polarity": report.polarity,
        "emotions": dict(report.emotions),
        "hand_over": report.hand_over != "none",
        "reason": report.hand_over,
    }


def seconds_left(context: Any) -> Callable[[], float]:
    """How long the function may still run."""
    return lambda: context.get_remaining_time_in_millis() / 1000


def request_parts() -> tuple[str, dict[str, str], bytes]:
    """Method, headers with lower-case names, and the raw bytes of the request being answered."""
    request = app.current_request
    if request is None:
        raise RuntimeError("no request is being answered")
    headers = {str(name).lower(): str(value) for name, value in request.headers.items()}
    try:
        raw = request.raw_body
        body = raw if isinstance(raw, bytes) else raw.encode()
    except ValueError:
        # Half a surrogate pair, or broken base64: no sender that signs sends it.
        body = b""
    return str(request.method), headers, body


def query() -> dict[str, str]:
    """What stands behind the `?` of the request being answered."""
    request = app.current_request
    given: Mapping[str, str] = (request.query_params if request else None) or {}
    return {str(name): str(value) for name, value in given.items()}


def fail_those(failed: frozenset[str]) -> Callable[[Any], None]:
    """A record handler that fails the messages which the flow could not finish."""

    def handler(record: Any) -> None:
        if record.message_id in failed:
            raise RuntimeError("not finished; the queue brings it again")

    return handler
