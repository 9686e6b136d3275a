"""The list of keys."""

from django.http import HttpResponse

from holdfast.database.transactions import in_workspace
from holdfast.web import frames
from holdfast.web.door import Visit, page

KEYS = (
    ("/", "search"),
    ("n", "new booking"),
    ("t", "today"),
    ("[  ]", "the day or week before and after"),
    ("←  →", "along a resource’s bookings"),
    ("↑  ↓", "to the resource above and below"),
    ("Enter", "open the booking"),
    ("Esc", "close the details"),
    ("?", "this list"),
)


@page()
def keys(visit: Visit) -> HttpResponse:
    told = None
    if not visit.is_part:
        with in_workspace(visit.workspace.id):
            told = frames.news()
    return frames.show(visit, "web/keys.html", {"keys": KEYS}, told=told, title="Keys")
