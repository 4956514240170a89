"""The flow: pull → score → store → detect → alert → recover. The only place where stages meet.

1. `pulling` leases the sources that are due and looks at each; what is new or changed is queued.
2. `receiving` queues what comes by itself: a survey, a message, a file. `protecting` before both.
3. `scoring` reads a batch in one model call and stores it; then it has each business judged.
4. `judging` moves the detector on; an incident and whom it is told to (`telling`) are one write.
5. `recovering` gives whoever is unhappy a case, and tells who waits too long; `reaching_out` is
   the same by hand.
6. `watching` catches what was dropped and sends what waits; `briefing` puts each message together.
7. `deliveries` takes in what became of the mails; `digests` writes the summaries.
8. `acting`, `unsubscribing` and `standins` are the pages behind the `links` in those mails.
9. `signing_in` lets an owner in, and `owner_pages` shows what waits and lets it be done.
10. `asking` is the public page on privacy, and what people ask there about their own words.
11. `replying` lets a person approve a reply, and `posting` takes that very text to its site.
12. `forgetting` takes out the words whose time is up, and whoever asks for it.

One function per Lambda: it takes the services and the time, calls the stages, and returns a report
of counts that `app.py` logs; none logs a customer's word (`troubles`). Whatever crashes here is run
again: every step is safe to repeat.
"""

# ruff: noqa: I001, RUF022  a table of contents is in the order of the flow

from chalicelib.flow.pulling import (
    PlanReport,
    PullsReport,
    plan_pulls,
    pull_source,
    pull_waiting,
)
from chalicelib.flow.receiving import (
    ImportReport,
    MessageReport,
    import_feedback,
    receive_message,
    receive_survey,
)
from chalicelib.flow.scoring import ScoreReport, score_feedback
from chalicelib.flow.judging import JudgeReport, judge_business
from chalicelib.flow.watching import WatchReport, watch
from chalicelib.flow.asking import (
    answer_request,
    ask_about_words,
    load_request,
    notice_page,
    take_request,
)
from chalicelib.flow.briefing import brief
from chalicelib.flow.deliveries import DeliveryReport, note_delivery
from chalicelib.flow.digests import DigestReport, digest_for, write_digests
from chalicelib.flow.links import PageAnswer
from chalicelib.flow.acting import act_on_incident, incident_page
from chalicelib.flow.unsubscribing import unsubscribe, unsubscribe_page
from chalicelib.flow.signing_in import (
    ask_to_sign_in,
    sign_in,
    sign_in_link_page,
    sign_in_page,
    sign_out,
)
from chalicelib.flow.owner_pages import owner_act, owner_page
from chalicelib.flow.replying import approve_reply, copy_reply, draft_for, edit_reply
from chalicelib.flow.posting import plan_replies, post_reply
from chalicelib.flow.forgetting import (
    apply_retention,
    customers_feedback,
    erase_customer,
    export_customer,
    replay_erasure,
)
from chalicelib.flow.troubles import name_of_failure

__all__ = [
    "PlanReport",
    "plan_pulls",
    "PullsReport",
    "pull_waiting",
    "pull_source",
    "receive_survey",
    "MessageReport",
    "receive_message",
    "ImportReport",
    "import_feedback",
    "ScoreReport",
    "score_feedback",
    "JudgeReport",
    "judge_business",
    "WatchReport",
    "watch",
    "notice_page",
    "ask_about_words",
    "load_request",
    "take_request",
    "answer_request",
    "brief",
    "DeliveryReport",
    "note_delivery",
    "DigestReport",
    "write_digests",
    "digest_for",
    "PageAnswer",
    "incident_page",
    "act_on_incident",
    "unsubscribe_page",
    "unsubscribe",
    "sign_in_page",
    "ask_to_sign_in",
    "sign_in_link_page",
    "sign_in",
    "sign_out",
    "owner_page",
    "owner_act",
    "draft_for",
    "edit_reply",
    "approve_reply",
    "copy_reply",
    "plan_replies",
    "post_reply",
    "apply_retention",
    "customers_feedback",
    "export_customer",
    "erase_customer",
    "replay_erasure",
    "name_of_failure",
]
