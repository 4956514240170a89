"""What is taken out before anything is queued, and what stays in its place."""

import pytest

from chalicelib.domain.errors import SettingsError
from chalicelib.privacy.traces import TraceKind, Tracer, protect
from tests.contracts.builders import a_feedback

EMAIL = "quirina@post.example"


def tracer(business_id: str = "bakery", key: str = "a key") -> Tracer:
    """Traces of the bakery."""
    return Tracer(business_id, lambda: key)


def test_a_trace_is_the_same_for_the_same_and_for_nothing_else() -> None:
    one = tracer().trace(TraceKind.EMAIL, EMAIL)

    assert one == tracer().trace(TraceKind.EMAIL, EMAIL)
    others = {
        tracer().trace(TraceKind.EMAIL, EMAIL + "x"),
        tracer().trace(TraceKind.PHONE, EMAIL),
        tracer("clinic").trace(TraceKind.EMAIL, EMAIL),
        tracer(key="another").trace(TraceKind.EMAIL, EMAIL),
    }
    assert len(others) == 4
    assert one not in others
    assert len(one) == 12


def test_an_author_is_somebody_at_their_source_alone() -> None:
    assert tracer().author("google", "7") != tracer().author("yelp", "7")


def test_an_order_is_traced_however_it_is_written() -> None:
    assert tracer().order(" #A-77") == tracer().order("a-77 ")


def test_nothing_that_must_go_is_left_in_any_part_of_a_feedback() -> None:
    feedback = a_feedback(
        external_id=f"mail-{EMAIL}",
        text=f"write to {EMAIL} or ring 030 23125 042",
        author=f"Quirina <{EMAIL}>",
        author_id=EMAIL,
        order_reference="#77",
        url=f"https://example.org/r?by={EMAIL}#top",
        location=f"near {EMAIL}",
    )

    kept = protect(feedback, "DE", tracer())

    assert EMAIL not in str(kept)
    assert "23125" not in str(kept)
    assert kept.text == "write to [e-mail] or ring [phone]"
    assert kept.author == "Quirina <[e-mail]>"
    assert kept.author_id == tracer().trace(TraceKind.EMAIL, EMAIL)
    assert kept.url == "https://example.org/r"
    assert kept.location == "near [e-mail]"
    assert set(kept.traces) == {
        tracer().order("77"),
        tracer().author("reviews", str(kept.author_id)),
        tracer().trace(TraceKind.EMAIL, EMAIL),
        tracer().trace(TraceKind.PHONE, "+493023125042"),
    }
    assert protect(feedback, "DE", tracer()) == kept


def test_somebody_named_by_the_place_alone_is_found_too() -> None:
    kept = protect(a_feedback(author_id=None, location=f"{EMAIL} +49 30 23125 042"), "DE", tracer())

    assert kept.location == "[e-mail] [phone]"
    assert set(kept.traces) == {
        tracer().trace(TraceKind.EMAIL, EMAIL),
        tracer().trace(TraceKind.PHONE, "+493023125042"),
    }


@pytest.mark.parametrize("place", ["main", "branch-0301234567", "Mill Road 7, 10115 Berlin"])
def test_a_place_keeps_its_name(place: str) -> None:
    assert protect(a_feedback(location=place), "DE", tracer()).location == place


def test_what_names_nobody_needs_no_key_and_stays_as_it_is() -> None:
    def no_key() -> str:
        raise SettingsError("there is no key")

    nameless = a_feedback(author_id=None)

    assert protect(nameless, "DE", Tracer("bakery", no_key)) == nameless
    with pytest.raises(SettingsError):
        protect(a_feedback(author_id="c-1"), "DE", Tracer("bakery", no_key))


def test_a_page_on_a_site_of_names_keeps_its_address() -> None:
    feedback = a_feedback(url="https://town.example/@quirina/10042")

    assert protect(feedback, "DE", tracer()).url == "https://town.example/@quirina/10042"
