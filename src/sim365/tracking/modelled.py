"""What is modelled of finding changes: calendarView/delta and its tokens."""

from sim365.modelled import Behaviour, Gap

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "delta-token-keeps-window",
        "4",
        "D",
        "A delta token keeps the window of the request that began the round; the window cannot be changed later.",
    ),
    Behaviour(
        "delta-initial-round",
        "4",
        "D",
        "The first round tells the present state of the window in pages, each ending in a nextLink or a deltaLink.",
    ),
    Behaviour(
        "delta-aliases",
        "4",
        "D P",
        "A round may be asked for under /me, /users, /calendar and /calendars/{id}, and tells that one calendar.",
    ),
    Behaviour(
        "delta-unbounded",
        "4",
        "C P D",
        "A delta of events without a window is in the schema but documented for beta only: it answers 501.",
    ),
    Behaviour(
        "delta-changes",
        "4",
        "D",
        "A later round tells what was created, changed or deleted since, each item once and as it is by then.",
    ),
    Behaviour("delta-removal", "4", "D", "A removal is told as type, id and the reason `deleted`, and nothing else."),
    Behaviour(
        "delta-leaves-window", "4", "I", "An event that leaves the window is told as removed although it still exists."
    ),
    Behaviour("delta-enters-window", "4", "D", "An event that enters the window is told in full."),
    Behaviour(
        "delta-removed-never-seen",
        "4",
        "I",
        "A change wholly outside the window is told as a removal, even of an id never told before.",
        "removed_never_seen",
    ),
    Behaviour(
        "delta-series-whole",
        "4",
        "I",
        "A series that was touched is told whole on one page: its master, then every occurrence in the window.",
    ),
    Behaviour(
        "delta-thin-occurrence",
        "4",
        "I",
        "An occurrence is told with id, etag, type, master, start and end only.",
    ),
    Behaviour("delta-exception", "4", "K", "An exception of a series is told in full."),
    Behaviour(
        "delta-deleted-occurrence",
        "4",
        "I",
        "A deleted occurrence has no removal of its own: its series is told again without it.",
    ),
    Behaviour("delta-deleted-series", "4", "I", "A deleted series is one removal, of its master."),
    Behaviour(
        "delta-master-start",
        "4",
        "I",
        "A master carries the time of its first occurrence, which may lie long before the window.",
    ),
    Behaviour(
        "delta-move",
        "4",
        "D",
        "A move to another calendar is a removal in the one and a new item in the other.",
    ),
    Behaviour(
        "delta-answer", "4", "D", "When an attendee answers, the organiser's event is told again with a new etag."
    ),
    Behaviour(
        "delta-page-size",
        "4",
        "I",
        "`odata.maxpagesize` is a hint: pages are cut by it, but a series is never split over two.",
        "delta_page_size",
    ),
    Behaviour(
        "delta-unsupported-options",
        "4",
        "D I",
        "`$filter`, `$orderby` and `$search` answer 400 on delta, and `$expand` answers 500.",
    ),
    Behaviour(
        "delta-select",
        "4",
        "D I",
        "`$select` on delta is ignored; by switch it is honoured for full items.",
        "delta_select_honoured",
    ),
    Behaviour("delta-id-format", "3.9", "D", "The ids of a page have the format that this page's request prefers."),
    Behaviour(
        "delta-latest",
        "4",
        "K",
        "`$deltatoken=latest` is no token for events; by switch it gives a deltaLink to the present without items.",
        "delta_latest_token",
    ),
    Behaviour(
        "delta-token-bad",
        "0.2",
        "I",
        "A token that was edited, belongs to another calendar or stands under the wrong name answers 400.",
    ),
    Behaviour(
        "delta-replay",
        "4",
        "D",
        "A token can be used again and tells everything since it was given; changes made while paging come next round.",
    ),
    Behaviour(
        "delta-gone",
        "4",
        "I",
        "A forgotten sync state answers 410 SyncStateNotFound, by switch with the address of a fresh round.",
        "gone_with_location",
    ),
    Behaviour(
        "delta-eviction",
        "4",
        "D",
        "Where the number of remembered tokens is limited, the oldest answer 410, also in the middle of paging.",
        "delta_tokens_kept",
    ),
    Behaviour("delta-empty-pages", "4", "I", "By weather, empty pages with a nextLink come before the real one."),
    Behaviour("delta-endless", "4", "I", "By weather, pages repeat with ever new nextLinks, or with one and the same."),
    Behaviour(
        "delta-item-again", "4", "D I", "By weather, an item of one page comes again on the next, or in the next round."
    ),
    Behaviour(
        "delta-gaps", "4", "I", "By weather, a round misses a change for good, or tells it only in the round after."
    ),
    Behaviour("delta-removals-missing", "4", "I", "By weather, the removals of a round are never told."),
    Behaviour("delta-trouble-midway", "4", "I", "By weather, a page in the middle of a round answers 503, 504 or 410."),
)

GAPS: tuple[Gap, ...] = (Gap("events/delta without a window, which v1.0 does not document"),)
