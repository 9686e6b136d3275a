"""The list of bookings: filtered, sorted, cut into pages, or written as a CSV file.

Decides which filters and orders exist: a closed set, so that no address can ask for a field it should not see (A-T11).
Search looks only into what the reader may see: a private booking is not found by its title.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from holdfast.bookings.models import Booking
from holdfast.bookings.states import OVER
from holdfast.directory.models import Person, Resource
from holdfast.directory.roles import Actor, Permission
from holdfast.reconcile.snapshot import Sensitivity
from holdfast.web import board
from holdfast.web.shown import Shown

PAGE_ROWS = 50
EXPORT_ROWS_MAX = 50_000
SEARCH_CHARACTERS_MAX = 200
SORTS = {"when": "starts_at", "title": "title", "made": "created_at", "changed": "updated_at"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list shows. `before` and `after` are days of the workspace's zone."""

    search: str = ""
    resource: UUID | None = None
    origin: str = ""
    state: str = "living"
    after: date | None = None
    before: date | None = None
    sort: str = "when"
    is_backwards: bool = False
    page: int = 1


def filters(query: QueryDict, *, today: date) -> Filters:
    """The filters of an address; what it cannot mean is left out."""
    sort = query.get("sort", "when")
    search = query.get("q", "").replace("\0", "")[:SEARCH_CHARACTERS_MAX].strip()
    return Filters(
        search=search,
        resource=_uuid(query.get("resource", "")),
        origin=query.get("origin", "") if query.get("origin") in {"here", "outlook"} else "",
        state=query.get("state", "living") if query.get("state") in {"living", "over", "all"} else "living",
        after=_date(query.get("after", "")) or (None if "after" in query or search else today),
        before=_date(query.get("before", "")),
        sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "when",
        is_backwards=sort.startswith("-"),
        page=_page(query.get("page", "")),
    )


def found(actor: Actor, wanted: Filters, *, zone: str) -> QuerySet[Booking]:
    """The bookings that match, in order. Inside the caller's transaction."""
    query = board.with_marks(Booking.objects.filter(_matches(actor, wanted)))
    if wanted.resource is not None:
        query = query.filter(resource_id=wanted.resource)
    if wanted.origin:
        query = query.filter(origin=wanted.origin)
    over = [state.value for state in OVER]
    if wanted.state != "all":
        query = query.filter(state__in=over) if wanted.state == "over" else query.exclude(state__in=over)
    if wanted.after is not None:
        query = query.filter(ends_at__gt=board.day_span(wanted.after, 1, zone)[0])
    if wanted.before is not None:
        query = query.filter(starts_at__lt=board.day_span(wanted.before, 1, zone)[1])
    order = F(SORTS[wanted.sort])
    return query.order_by(order.desc() if wanted.is_backwards else order.asc(), "id")


def _matches(actor: Actor, wanted: Filters) -> Q:
    if not wanted.search:
        return Q()
    names = Q(resource_id__in=Resource.objects.filter(name__icontains=wanted.search).values("id"))
    content = Q(title__icontains=wanted.search) | Q(organiser_name__icontains=wanted.search)
    content |= Q(owner_id__in=Person.objects.filter(name__icontains=wanted.search).values("id"))
    if not actor.may(Permission.VIEW_PRIVATE):
        content &= Q(sensitivity=Sensitivity.NORMAL.value) | Q(owner_id=actor.person_id)
    return names | content


def as_csv(rows: Iterable[Shown]) -> str:
    """The rows as a CSV file that no spreadsheet takes for formulas."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Title", "Resource", "From", "To", "Zone", "All day", "Who", "Origin", "State", "Sync", "Id"])
    for one in rows:
        start, end = one.wall(one.starts_at), one.wall(one.ends_at)
        values = [
            one.title, one.resource_name, f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}", one.zone,
            "yes" if one.all_day else "no", one.who, one.origin_words, one.state_words, one.sign.word, str(one.id),
        ]  # fmt: skip
        writer.writerow([guarded(value) for value in values])
    return "\ufeff" + out.getvalue()


def guarded(value: Any) -> str:
    """A cell that a spreadsheet shows and does not compute; plain numbers such as -5 stay what they are."""
    text = str(value)
    if not text.lstrip(" ").startswith(_FORMULA) or text.removeprefix("-").replace(".", "", 1).isdecimal():
        return text
    return "'" + text


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _page(text: str) -> int:
    return max(1, min(int(text), 100_000)) if text.isascii() and text.isdecimal() and len(text) < 8 else 1
