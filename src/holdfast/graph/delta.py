"""Rounds of calendarView/delta: what changed in one calendar's window since a link was given out.

A round starts with a window, which the service freezes into its links, or follows a stored link; it ends with the page
that carries a deltaLink. Links are kept as they came. Whether an item means what it seems to mean (a removal does not)
is not decided here. TokenExpired: a full round must start. EndlessPaging: read the plain view instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from holdfast.graph import limits, paths
from holdfast.graph.answers import Noun
from holdfast.graph.client import Ask, MailboxLine
from holdfast.graph.errors import Unreadable
from holdfast.graph.events import version_of
from holdfast.graph.paging import LoopDetector, Page, PageReader, ReadPage
from holdfast.graph.wire import CalendarId, Event, UnreadableItem


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """The round goes on at this link."""

    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The round is complete; the next one starts at this link."""

    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaPage:
    """Items in the order they came: masters before their occurrences, an id perhaps several times."""

    events: list[Event]
    unreadable: list[UnreadableItem]
    then: More | Done


def start(
    line: MailboxLine,
    *,
    calendar: CalendarId | None,
    since: datetime,
    until: datetime,
    page_size: int = limits.DELTA_PAGE_SIZE,
    detector: LoopDetector | None = None,
) -> Iterator[DeltaPage]:
    """A full round over a window: its pages, each asked for when it is taken."""
    options = paths.query(**paths.span(since, until))
    path = f"{paths.calendar(line.mailbox, calendar)}/calendarView/delta{options}"
    return _round(line, Ask(method="GET", path=path, page_size=page_size), detector)


def follow(
    line: MailboxLine, link: str, *, page_size: int = limits.DELTA_PAGE_SIZE, detector: LoopDetector | None = None
) -> Iterator[DeltaPage]:
    """What comes from a stored link on, a deltaLink or the nextLink of a round that was interrupted."""
    return _round(line, _following(line, link, page_size=page_size), detector)


def _round(line: MailboxLine, ask: Ask, detector: LoopDetector | None) -> Iterator[DeltaPage]:
    watch = detector or LoopDetector()
    while True:
        read = _reader.read(line.send(ask), at=ask.at)
        watch.check(versions=map(version_of, read.items), next_link=read.next_link, at=ask.at)
        page = _page(read, line=line, ask=ask)
        yield page
        if isinstance(page.then, Done):
            return
        ask = _following(line, page.then.link, page_size=ask.page_size)


def _following(line: MailboxLine, link: str, *, page_size: int | None) -> Ask:
    return Ask(method="GET", path=line.root.within(link), noun=Noun.DELTA_LINK, page_size=page_size)


def _page(read: ReadPage[Event], *, line: MailboxLine, ask: Ask) -> DeltaPage:
    match read.next_link, read.delta_link:
        case str(link), None:
            then = More(link=link)
        case None, str(link):
            then = Done(link=link)
        case _:
            raise Unreadable("A page of a delta names both a next page and an end, or neither.", at=ask.at)
    # Judged before it is handed out: a link that must not be followed must not be stored either.
    line.root.within(then.link)
    return DeltaPage(events=read.items, unreadable=read.unreadable, then=then)


_reader = PageReader(Page[Event], Event)
