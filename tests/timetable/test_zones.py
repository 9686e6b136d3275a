"""Zone names, of both worlds."""

from datetime import UTC, datetime

import pytest

from holdfast.timetable import zones
from holdfast.timetable.errors import UnknownZone


@pytest.mark.museum("Z-T07")
def test_every_windows_name_means_a_zone_and_comes_back():
    """Z-T07: a stable round trip for all of them."""
    for name in zones.win_tz:
        found = zones.known(name)
        assert found is not None, name
        assert zones.windows(found) == name
        assert zones.representative(name) == found == zones.representative(found)


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("Romance Standard Time", "Europe/Paris"),
        ("Morocco Standard Time", "Africa/Casablanca"),
        ("europe/helsinki", "Europe/Helsinki"),
        (" Europe/Kyiv ", "Europe/Kyiv"),
        ("utc", "UTC"),
        ("Etc/UTC", "UTC"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("Z", "UTC"),
        ("tzone://Microsoft/Custom", None),
        ("Customized Time Zone", None),
        ("", None),
        ("localtime", None),
        ("../../etc/passwd", None),
    ],
)
def test_what_a_name_means(name, means):
    assert zones.known(name) == means


def test_helsinki_and_kyiv_are_one_to_exchange():
    assert zones.representative("Europe/Helsinki") == zones.representative("Europe/Kyiv")
    assert zones.windows("Europe/Helsinki") == "FLE Standard Time"
    assert zones.representative("Europe/London") != zones.representative("Europe/Paris")


def test_names_that_cldr_left_behind_are_known_too():
    assert zones.windows("Europe/Uzhgorod") == "FLE Standard Time"
    assert zones.windows("PST8PDT") == "Pacific Standard Time"


def test_a_zone_that_windows_lacks_stands_for_itself():
    assert zones.windows("Antarctica/Troll") is None
    assert zones.representative("Antarctica/Troll") == "Antarctica/Troll"


def test_an_unknown_zone_is_a_named_error():
    for ask in (zones.iana, zones.zone):
        with pytest.raises(UnknownZone) as raised:
            ask("Nowhere/Land")
        assert raised.value.name == "Nowhere/Land"
    assert zones.windows("Nowhere/Land") is None
    assert zones.representative("Nowhere/Land") == "Nowhere/Land"


def test_wall_and_instant_belong_together():
    moment = datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert zones.instant(zones.wall(moment, "Asia/Kolkata"), "Asia/Kolkata") == moment
