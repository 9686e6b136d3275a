"""What surrounds every page: the rail with its counts, broken connections, and the mark from which news is counted.

Decides what stands in the frame; reads it in one statement. Must not decide what a page shows.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from holdfast.web.door import Visit

# Everything a page could show moves one of these; each is read from an index or a small table, because every open page
# asks every two seconds.
_NEWS = """
SELECT
    (SELECT number FROM journal_head LIMIT 1) AS journal,
    (SELECT max(id) FROM mirror_exchange) AS written,
    (SELECT count(*) FROM mirror_link WHERE is_unsettled) AS unsettled,
    (SELECT count(*) FROM mirror_link WHERE parked NOT IN ('', 'paused', 'declined_by_us')
        AND closed_at IS NULL) AS parked,
    (SELECT count(*) FROM bookings_conflict WHERE closed_at IS NULL) AS conflicts,
    (SELECT max(observed_at) FROM mirror_calendar) AS observed,
    (SELECT string_agg(DISTINCT b.address || chr(31) || b.state || chr(31) || b.words, chr(30))
       FROM mirror_calendar c JOIN mirror_mailbox b ON b.id = c.mailbox_id
       JOIN mirror_mapping m ON m.calendar_id = c.id AND m.state = 'working'
      WHERE b.state NOT IN ('working', 'waiting')) AS broken
"""
_FIELDS = (
    "journal",
    "written",
    "unsettled",
    "parked",
    "conflicts",
    "observed",
    "broken",
)
BROKEN_SHOWN_MAX = 3


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    url: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class News:
    """The state of everything that may move without a click, in a few numbers."""

    tag: str
    asks: int
    observed_at: datetime | None
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    name: str
    workspace: str
    workspaces: int
    places: tuple[Place, ...]
    tag: str
    broken: tuple[Broken, ...]
    may_sync: bool
    search: str


def news() -> News:
    """The present state, inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWS)
        row = dict(zip(_FIELDS, cursor.fetchone() or (), strict=True))
    told = "|".join(str(row[name]) for name in _FIELDS if name != "observed")
    tag = hashlib.sha256(told.encode()).hexdigest()[:24]
    return News(f'"{tag}"', int(row["conflicts"]) + int(row["parked"]), row["observed"], _broken(row["broken"]))


def _broken(joined: str | None) -> tuple[Broken, ...]:
    if not joined:
        return ()
    entries = [entry.split(chr(31)) for entry in joined.split(chr(30))]
    shown = [Broken(address, words or "Outlook cannot be reached for this mailbox.") for address, _, words in entries]
    if len(shown) <= BROKEN_SHOWN_MAX:
        return tuple(shown)
    rest = len(shown) - BROKEN_SHOWN_MAX
    return (*shown[:BROKEN_SHOWN_MAX], Broken(f"{rest} more mailboxes", "cannot be reached."))


def show(
    visit: Visit, template: str, context: Mapping[str, Any], *, told: News | None, title: str, status: int = 200
) -> HttpResponse:
    """A page, or only its part where htmx asked: the same template serves both. `told` may be None for parts."""
    if visit.is_part:
        return render(visit.request, template, {**context, "layout": "web/part.html", "title": title}, status=status)
    assert told is not None
    whole = {**context, "layout": "web/page.html", "title": title, "frame": frame(visit, told)}
    return render(visit.request, template, whole, status=status)


def frame(visit: Visit, told: News) -> Frame:
    return Frame(
        name=visit.actor.name,
        workspace=visit.workspace.name,
        workspaces=visit.workspaces,
        places=tuple(_places(visit, told)),
        tag=told.tag,
        broken=told.broken,
        may_sync=visit.may("manage_sync"),
        search=visit.request.GET.get("q", ""),
    )


def _places(visit: Visit, told: News) -> list[Place]:
    here = visit.request.path
    known = [
        ("Today", "web:today", True),
        ("Calendar", "web:calendars", True),
        ("Bookings", "web:bookings", True),
        ("Conflicts", "web:conflicts", visit.may("view")),
        ("Resources", "web:resources", True),
        ("Sync", "web:sync", True),
        ("Settings", "web:settings", visit.may("administer")),
    ]
    return [
        Place(name, reverse(view), _is_current(here, reverse(view)), told.asks if name == "Conflicts" else 0)
        for name, view, is_open in known
        if is_open
    ]


def _is_current(here: str, place: str) -> bool:
    return here == "/" or here.startswith("/day/") if place == "/" else here.startswith(place)
