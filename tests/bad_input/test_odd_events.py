"""Odd words in events, from either side to every reader: kept or refused by name, never run, never half of it."""

import pytest

from holdfast.bookings.outcomes import Refused
from holdfast.bookings.verbs import apply
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bend, standing, titled

pytestmark = pytest.mark.database

TEXTS = {
    "right to left": "\u202egnp.exe \u2067مرحبا\u2069",
    "no width": "zero\u200bwidth\u200d",
    "emoji": "👩‍👩‍👧 🏳️‍🌈 𝔘𝔫𝔦",
    "markup": "<img src=x onerror=alert(1)>",
    "a template": "{{7*7}} {% load x %}",
    "sql": "'; DROP TABLE bookings_booking; --",
    "a formula": "=cmd|'/C calc'!A0",
    "a header": "Tour\r\nBcc: everybody@example.org",
    "composed and decomposed": "Cafe\u0301 Café",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_odd_titles_of_outlook_are_taken_as_they_are_and_not_written_back(synced, cast, text):
    """A-H1, A-H5, A-I6, F93: what Outlook stores is what stands here; a further pass has nothing to say."""
    event = synced.room().create_event(text, utc(10), utc(11), location={"displayName": text})
    synced.sync("Aquarium")

    (booking,) = standing(cast)
    assert booking.title == event["subject"]
    assert synced.writes() == []
    assert_at_rest(synced, cast)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_odd_titles_of_ours_go_out_once(synced, cast, text):
    """F93, Z-C07: what Exchange makes of it is known beforehand; one write, no second."""
    (outcome,) = apply(cast.ben, [cast.make("Aquarium", at(9), title=text, place=text, note=text)])
    synced.work()
    if isinstance(outcome, Refused):
        assert outcome.fields
        assert outcome.remedy
        return
    assert len(synced.room().events()) == 1
    assert_at_rest(synced, cast)
    assert synced.writes() == ["POST 201"]


BODIES = {
    "script": "<html><body><script>alert(1)</script>Bring boots</body></html>",
    "svg": "<svg onload=alert(1)><desc>x</desc></svg>Bring boots",
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></mtext></math>Bring boots",
    "a link that is code": '<a href="java\tscript&#58;alert(1)">Bring boots</a>',
    "a pixel": "<img src='https://tracker.example/p.gif'>Bring boots",
    "no end": "<div><p>Bring boots<ul><li>",
    "deep": "<div>" * 5_000 + "Bring boots",
    "styles": "<style>p{background:url(x)}</style><p style='x:expression(alert(1))'>Bring boots</p>",
}


@pytest.mark.museum("Z-C06", "Z-C07")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_html_in_a_body_becomes_plain_words(synced, cast, body):
    """A-H2, A-H4: nothing that could run or be fetched is left; the words are; nothing is written back."""
    synced.room().create_event("Tour", utc(10), utc(11), body={"contentType": "html", "content": body})
    synced.sync("Aquarium")

    (booking,) = standing(cast)
    assert "Bring boots" in booking.note
    assert not any(
        word in booking.note
        for word in ("<script", "alert(1)<", "onerror=", "onload=", "tracker.example", "expression")
    )
    assert synced.writes() == []
    assert_at_rest(synced, cast)


@pytest.mark.parametrize("length", [255, 256, 300, 5_000])
def test_a_long_title_of_outlook_is_cut_said_and_not_written_back(synced, cast, length):
    """300 characters: ours keeps as many as fit, says which field was cut, and never cuts Outlook's own text."""
    synced.room().create_event("Long", utc(10), utc(11))
    bend(synced, titled("Long", lambda item: item.update(subject="L" * length)))
    synced.sync("Aquarium")

    (booking,) = standing(cast)
    assert booking.title == "L" * min(length, 255)
    synced.pass_time(minutes=1)
    synced.sync("Aquarium")
    assert synced.writes() == []


def test_ten_years_in_outlook_harm_nobody(synced, cast):
    """An event longer than any calendar view can show is set aside by name, and the rest of the calendar goes on."""
    synced.room().create_event("Ten years", utc(10), utc(10, day=3650))
    synced.room().create_event("An hour", utc(12), utc(13))
    synced.sync("Aquarium")

    assert "An hour" in {booking.title for booking in standing(cast)}
    cast.book("Boathouse", at(9))
    assert synced.writes() == []
