"""docs/surveys.md says what the code does."""

import json
import re
import tomllib

from chalicelib.pull.webhooks.questions import NAMES, mistake_in
from chalicelib.recover.hand_over import HandOverReason
from tests.pull.webhooks.given import receive
from tests.pull.webhooks.pages import PAGE, written

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tools_are_those_of_the_code() -> None:
    assert written(TEXT) == TEXT, "run python -m tests.pull.webhooks.pages"


def test_the_page_tells_every_name_of_the_table_and_every_reason() -> None:
    for name in (*NAMES, *HandOverReason):
        assert f"`{name}`" in TEXT, name


def test_the_examples_work() -> None:
    (settings,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (source,) = tomllib.loads(settings)["business"]["source"]
    generic, message, decision = (
        json.loads(found) for found in re.findall(r"^```json\n(.*?)```", TEXT, re.DOTALL | re.M)
    )

    assert mistake_in(source["questions"]) is None
    assert receive("survey", generic).feedback[0].stars == 2.2
    assert receive("messages", message).feedback[0].order_reference == "o9"
    assert set(decision) == {"polarity", "emotions", "hand_over", "reason"}
