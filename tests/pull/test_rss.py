"""Feeds in every dialect, and broken in every way: one bad entry never loses its page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.domain.errors import SourceContractError
from chalicelib.domain.feedback import Page
from chalicelib.pull.rss import RssFeed
from tests.pull.given import NOW, Pages, a_context

RSS_2 = """<?xml version="1.0"?><rss version="2.0"><channel><title>Talk</title>
<item><guid>g2</guid><title>Second</title><description>Lovely &amp;amp; warm</description>
<pubDate>Sun, 01 Mar 2026 10:00:00 +0100</pubDate><link>https://talk.example/2</link></item>
<item><guid>g1</guid><title>First</title><description>Cold bread</description>
<pubDate>Sat, 28 Feb 2026 10:00:00 GMT</pubDate><author>Customer One</author></item>
</channel></rss>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://talk.example/"><title>Talk</title></channel>
<item rdf:about="https://talk.example/1"><title>First</title><link>https://talk.example/1</link>
<description>Cold bread</description><dc:date>2026-02-28T10:00:00Z</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Talk</title>
<entry><id>urn:a1</id><title>First</title><updated>2026-03-01T10:00:00Z</updated>
<published>2026-02-28T10:00:00Z</published><author><name>Customer One</name></author>
<link href="https://talk.example/1"/><summary>Cold</summary>
<content type="html">&lt;p&gt;Cold bread,&lt;br&gt;cold tea&lt;/p&gt;</content></entry></feed>"""


def channel(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>Talk</title>{"".join(items)}</channel></rss>'


def item(**parts: str) -> str:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
    return f"<item>{inside}</item>"


def look(body: str | bytes, cursor: object = None, pages: Pages | None = None) -> Page:
    pages = pages or Pages()
    pages.body = body.encode() if isinstance(body, str) else body
    return RssFeed(a_context(pages)).fetch(cursor if isinstance(cursor, dict) else {})


def texts(page: Page) -> list[str]:
    return [one.text for one in page.feedback]


def test_rss_2_is_read_oldest_first() -> None:
    page = look(RSS_2)

    first, second = page.feedback
    assert (first.external_id, first.text, first.author) == (
        "g1",
        "First\nCold bread",
        "Customer One",
    )
    assert first.written_at == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert (second.external_id, second.text) == ("g2", "Second\nLovely & warm")
    assert second.written_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert second.url == "https://talk.example/2"
    assert (page.is_complete, page.refused) == (True, 0)


def test_rss_1_is_read() -> None:
    one = look(RDF).feedback[0]

    assert (one.external_id, one.text) == ("https://talk.example/1", "First\nCold bread")
    assert one.written_at == datetime(2026, 2, 28, 10, tzinfo=UTC)


def test_atom_is_read_with_its_longest_text_and_its_time_of_change() -> None:
    one = look(ATOM).feedback[0]

    assert (one.external_id, one.text) == ("urn:a1", "First\nCold bread,\ncold tea")
    assert one.written_at == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert one.author == "Customer One"


def test_the_text_is_what_a_reader_sees() -> None:
    markup = (
        "<![CDATA[<p>It was <b>cold</b>.</p><script>steal()</script><style>p{}</style>"
        "<!-- <b>note</b> --><ul><li>tea</li><li>bread</li></ul>5 &lt; 6 &amp; so]]>"
    )

    page = look(channel(item(guid="g", description=markup)))

    assert texts(page) == ["It was cold.\n\ntea\n\nbread\n5 < 6 & so"]


def test_a_title_that_the_text_begins_with_is_not_said_twice() -> None:
    page = look(channel(item(guid="g", title="Cold bread", description="Cold bread again")))

    assert texts(page) == ["Cold bread again"]


def test_an_entry_without_an_id_is_known_by_its_link_and_without_that_by_what_it_says() -> None:
    body = channel(
        item(title="a", link="https://talk.example/a"), item(title="b"), item(title="b ")
    )

    first, again = look(body), look(body)

    keys = [one.external_id for one in first.feedback]
    assert keys[0] == "https://talk.example/a"
    assert keys[1] == keys[2]
    assert keys == [one.external_id for one in again.feedback]


def test_an_id_that_every_entry_has_tells_none_apart_and_loses_none() -> None:
    body = channel(
        *(item(guid="https://talk.example/", title=f"text {place}") for place in range(3))
    )

    page = look(body)

    assert len({one.external_id for one in page.feedback}) == 3
    assert sorted(texts(page)) == ["text 0", "text 1", "text 2"]


@pytest.mark.parametrize(
    "date",
    ["", "soon", "Mon, 99 Foo 99999 25:61:61 +9999", "0000-00-00", "99999-01-01", "-1"],
)
def test_a_date_that_is_none_is_the_time_of_the_look_and_loses_no_other_entry(date: str) -> None:
    page = look(channel(item(guid="a", title="a", pubDate=date), item(guid="b", title="b")))

    assert sorted(texts(page)) == ["a", "b"]
    assert {one.written_at for one in page.feedback} == {NOW}


def test_a_date_in_the_future_is_the_time_of_the_look() -> None:
    page = look(channel(item(guid="a", title="a", pubDate="Sun, 01 Mar 2037 10:00:00 GMT")))

    assert page.feedback[0].written_at == NOW


def test_an_entry_that_says_nothing_is_counted_and_loses_no_other() -> None:
    page = look(channel(item(guid="a"), item(guid="b", title="fine"), item(title="<b></b>")))

    assert (texts(page), page.refused) == (["fine"], 2)


def test_a_link_that_is_no_web_address_is_left_out() -> None:
    page = look(channel(item(guid="a", title="a", link="javascript:alert(1)")))

    assert page.feedback[0].url is None


def test_nothing_of_an_entry_is_longer_than_a_row_can_carry() -> None:
    entry = item(
        guid="g/" * 45_000,
        title="t/" * 45_000,
        author="n/" * 45_000,
        link="https://a/" + "l/" * 4500,
    )

    one = look(channel(entry)).feedback[0]

    assert (len(one.external_id), len(one.text), len(one.author or "")) == (32, 16_000, 200)
    assert one.url is None


def test_a_word_without_end_takes_no_time() -> None:
    # feedparser alone needs minutes for such an author.
    page = look(channel(item(guid="a", title="fine", author="n" * 90_000)))

    assert texts(page) == ["fine"]


def test_a_feed_that_breaks_off_still_gives_what_came_before() -> None:
    page = look(RSS_2[: RSS_2.index("<item><guid>g1")])

    assert "Second\nLovely & warm" in texts(page)


def test_an_entry_that_breaks_off_is_left_for_the_next_look_which_asks_for_all() -> None:
    pages = Pages(headers={"ETag": '"v1"'})

    page = look(RSS_2[: RSS_2.index("bread</description>")], pages=pages)

    assert (texts(page), page.refused) == (["Second\nLovely & warm"], 1)
    assert page.cursor["etag"] == ""


def test_bytes_that_are_no_letters_in_their_charset_lose_no_entry() -> None:
    body = RSS_2.replace("Cold bread", "K\xe4se").encode("latin-1")

    page = look(body, pages=Pages(headers={"Content-Type": "application/xml; charset=utf-8"}))

    assert len(page.feedback) == 2


def test_a_charset_that_the_answer_names_is_used() -> None:
    body = channel(item(guid="a", title="Käse")).encode("latin-1")

    page = look(body, pages=Pages(headers={"Content-Type": "text/xml; charset=iso-8859-1"}))

    assert texts(page) == ["Käse"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><head><title>Sign in</title></head><body><p>Name</p></body></html>",
        '{"version": "https://jsonfeed.org/version/1", "items": []}',
        "date,review\n2026-03-01,x\n",
        "\0\0\0\0",
        "<?xml version='1.0'?><things/>",
    ],
)
def test_what_is_no_feed_is_trouble_with_advice(body: str) -> None:
    with pytest.raises(SourceContractError, match="the answer is not a feed") as caught:
        look(body)

    assert "RSS or Atom" in caught.value.advice


def test_a_body_that_names_a_file_of_this_machine_reads_no_file(tmp_path: Path) -> None:
    inside = tmp_path / "inside.xml"
    inside.write_text(RSS_2, encoding="utf-8")

    with pytest.raises(SourceContractError, match="not a feed"):
        look(str(inside))


def test_entities_from_outside_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hush", encoding="utf-8")
    head = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'

    page = look(head + channel(item(guid="a", title="t", description="so &x;")))

    assert "hush" not in "".join(texts(page))


def test_entities_that_multiply_stay_small() -> None:
    entities = '<!ENTITY l0 "laugh">' + "".join(
        f'<!ENTITY l{depth} "{f"&l{depth - 1};" * 10}">' for depth in range(1, 10)
    )
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [{entities}]>'

    page = look(bomb + channel(item(guid="a", title="fine"), item(guid="b", title="&l9;")))

    assert "fine" in texts(page)
    assert max(len(text) for text in texts(page)) < 1000


def test_validators_are_kept_and_sent_with_the_next_look() -> None:
    modified = "Sun, 01 Mar 2026 10:00:00 GMT"
    pages = Pages(headers={"ETag": '"v1"', "Last-Modified": modified})
    first = look(RSS_2, pages=pages)

    look(RSS_2, first.cursor, pages)

    assert first.cursor == {"etag": '"v1"', "last_modified": modified, "had_entries": True}
    assert "If-None-Match" not in pages.asked[0]
    assert pages.asked[1]["If-None-Match"] == '"v1"'
    assert pages.asked[1]["If-Modified-Since"] == modified


def test_not_modified_is_an_answer_without_news() -> None:
    pages = Pages()
    pages.status = 304
    cursor = {"etag": '"v1"', "had_entries": True}

    page = look("", cursor, pages)

    assert (page.feedback, page.cursor, page.is_complete) == ((), cursor, True)
    assert not page.is_empty_suspect


def test_an_empty_frame_where_entries_were_is_suspect() -> None:
    first = look(RSS_2)

    assert look(channel(), first.cursor).is_empty_suspect
    assert not look(channel()).is_empty_suspect
