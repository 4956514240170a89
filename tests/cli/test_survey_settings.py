"""What heedful.toml says of survey tools: the questions of a form, and what a webhook never has."""

from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.cli.configure import apply_file
from chalicelib.cli.heedful_toml import read_businesses
from chalicelib.domain.business import Business
from chalicelib.domain.errors import SettingsError
from chalicelib.pull.webhooks.waiting import waiting_in, with_waiting
from chalicelib.wiring import SourceKinds
from tests.house import House, house

FILE = """
[[business]]
id = "bakery"
name = "Rosa Bakery"
time_zone = "Europe/Berlin"
country = "DE"

[[business.contact]]
name = "Owner"
email = "owner@bakery.example"

[[business.source]]
name = "frog"
kind = "jotform"
secret = "bakery/frog"
"""


def read(folder: Path, more: str) -> Business:
    path = folder / "heedful.toml"
    path.write_text(FILE + more, encoding="utf-8")
    return read_businesses(path, SourceKinds())[0]


def mistake(folder: Path, more: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(folder, more)
    return str(caught.value)


def test_the_questions_of_a_form_are_kept_as_they_are_written(tmp_path: Path) -> None:
    business = read(
        tmp_path,
        'time_zone = "Europe/Berlin"\n'
        'questions = {csat = {field = "stars", scale = [1, 10]}, text = ["why"]}\n',
    )

    assert dict(business.sources[0].options) == {
        "time_zone": "Europe/Berlin",
        "questions": {"csat": {"field": "stars", "scale": [1, 10]}, "text": ["why"]},
    }
    assert business.sources[0].every is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('questions = {stars = "q1"}', "questions knows no stars; it may name nps"),
        ('questions = "q1"', "questions must be a table such as"),
        ('questions = {nps = {field = "q", scale = [5]}}', "scale = [worst, best]"),
        ('question = {nps = "q"}', "question is no option of kind jotform"),
        ('every = "1h"', "every has no meaning for kind jotform"),
        ('address = "http://api.example"', "address must be an address"),
    ],
)
def test_a_mistake_in_it_is_told_with_its_line(tmp_path: Path, more: str, words: str) -> None:
    told = mistake(tmp_path, more + "\n")

    assert words in told
    assert "line 16" in told


def test_a_webhook_needs_its_secret(tmp_path: Path) -> None:
    other = '\n[[business.source]]\nname = "tally"\nkind = "tally"\n'

    assert "needs secret" in mistake(tmp_path, other)


def waiting(town: House) -> list[str]:
    state = town.store.load_source("bakery", "survey")
    assert state is not None
    return waiting_in(state)


def test_changed_questions_lose_no_response_that_waits_to_be_fetched() -> None:
    with house() as town:
        state = town.store.load_source("bakery", "survey")
        assert state is not None
        town.store.save_source(with_waiting(state, ["r1"], town.now))
        business = town.store.load_business("bakery")
        assert business is not None
        sources = tuple(
            replace(one, options={"questions": {"nps": "q"}}) if one.name == "survey" else one
            for one in business.sources
        )
        town.wait(minutes=1)
        list(apply_file(town.services, [replace(business, sources=sources)], is_dry_run=False))

        assert waiting(town) == ["r1"]
        after = town.store.load_source("bakery", "survey")
        assert after is not None
        assert after.due == town.now
        assert after.first_look_done
