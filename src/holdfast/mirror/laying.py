"""A page of a delta laid out before anything is decided: each id once in its newest version, masters apart.

This module decides which of several versions on one page counts (FACTS 4: the newest by its time of change, the last on
a tie) and fetches masters that thin occurrences came without. It opens no transaction and believes nothing yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from holdfast.graph import batch, events
from holdfast.graph.answers import Answer
from holdfast.graph.delta import DeltaPage
from holdfast.graph.wire import SERIES_MASTER, Event, EventId, UnreadableItem
from holdfast.mirror.desk import Desk


@dataclass(slots=True)
class Page:
    """What a page says, laid out before the transaction: each id once, masters apart."""

    events: dict[str, Event] = field(default_factory=dict[str, Event])
    removed: set[str] = field(default_factory=set[str])
    masters: dict[str, Event] = field(default_factory=dict[str, Event])
    touched_series: set[str] = field(default_factory=set[str])
    unreadable: list[UnreadableItem] = field(default_factory=list[UnreadableItem])


def lay_out(desk: Desk, page: DeltaPage) -> Page:
    """Sort the items, the newest of each id, and fetch masters that thin occurrences came without."""
    laid = Page(unreadable=page.unreadable)
    for event in page.events:
        _lay(laid, event)
    for event in laid.events.values():
        if isinstance(event.series_master_id, str):
            laid.touched_series.add(event.series_master_id)
    lacking = [
        event.series_master_id
        for event in laid.events.values()
        if event.is_thin and isinstance(event.series_master_id, str) and event.series_master_id not in laid.masters
    ]
    laid.masters.update(_fetched(desk, sorted(set(lacking))))
    return laid


def _lay(laid: Page, event: Event) -> None:
    if event.is_removed:
        laid.removed.add(event.id)
        return
    laid.removed.discard(event.id)
    if event.type == SERIES_MASTER:
        laid.masters[event.id] = event
        laid.touched_series.add(event.id)
        return
    before = laid.events.get(event.id)
    if before is None or not _is_older(event, before):
        laid.events[event.id] = event


def _is_older(event: Event, other: Event) -> bool:
    mine, theirs = event.last_modified_date_time, other.last_modified_date_time
    return isinstance(mine, datetime) and isinstance(theirs, datetime) and mine < theirs


def _fetched(desk: Desk, master_ids: Sequence[str]) -> dict[str, Event]:
    if not master_ids:
        return {}
    asks = [events.asking_for(desk.line, EventId(each), calendar=desk.graph_id) for each in master_ids]
    found: dict[str, Event] = {}
    for each, ask, outcome in zip(master_ids, asks, batch.send(desk.line, asks), strict=True):
        if isinstance(outcome, Answer):
            found[each] = events.event_of(outcome, ask)
    return found
