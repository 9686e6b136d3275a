"""Removal: by the run's file, in this process or a later one, until nothing of the run is in any listed mailbox.

What was made is deleted by its id; an intent without an outcome is searched for by the run's mark first. Then guests'
mailboxes are looked through several times, because a message that is still under way puts a copy there later.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim365.contract.errors import ContractError
from sim365.contract.ground import span_of
from sim365.contract.marks import owned, query, quoted, run_in, user
from sim365.contract.runbook import Item, RunBook
from sim365.contract.wire import Json, Reply, Wire

WAITS_S = (20.0, 40.0, 60.0)
"""Between the looks: together two minutes, the longest that a message is known to take (FACTS 9.1)."""
WAITS_FOR_LOST_S = (0.0, 20.0, 40.0)
"""Before the looks for creates whose answers were lost: they may still be carried out up to a minute later."""
LOOKS_MORE_MAX = 4
PAGES_MAX = 10
_ORDER = ("subscription", "event", "copy", "category", "calendar")


@dataclass(frozen=True, slots=True)
class Removal:
    """How it ended."""

    created: int
    removed: int
    left: int
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"created {self.created}, removed {self.removed}, left {self.left}"


def remove_all(wire: Wire, book: RunBook) -> Removal:
    """Remove whatever is left of a run."""
    wire.pace.begin_removal()
    cleaner = _Cleaner(wire, book)
    try:
        cleaner.settle_lost()
        cleaner.delete_live()
        cleaner.look_through()
    except ContractError as error:
        cleaner.problems.append(f"Removal stopped: {error}.")
    left = len(book.live) + len(book.intents)
    if not left and not cleaner.problems:
        book.close()
    return Removal(book.created, book.removed, max(left, 1 if cleaner.problems else 0), tuple(cleaner.problems))


class _Cleaner:
    def __init__(self, wire: Wire, book: RunBook) -> None:
        self.wire = wire
        self.book = book
        self.problems: list[str] = []

    def settle_lost(self) -> None:
        """Find out what became of the creates whose answers are not in the book."""
        if not self.book.intents:
            return
        for wait_s in WAITS_FOR_LOST_S:
            self.wire.pace.watch.wait(wait_s)
            for kind, mailbox in {(intent.kind, intent.mailbox): None for intent in self.book.intents.values()}:
                for item in self._search(kind, mailbox):
                    self.book.found(item)
        for intent in list(self.book.intents.values()):
            self.book.searched(intent)

    def delete_live(self) -> None:
        """Delete everything that the book knows, calendars last.

        A calendar may have got another id since it was made (FACTS 3.1), so they are listed by name once more.
        """
        for mailbox in {item.mailbox: None for item in self.book.live.values() if item.kind == "calendar"}:
            for item in self._search("calendar", mailbox):
                self.book.found(item)
        for item in sorted(self.book.live.values(), key=lambda item: _ORDER.index(item.kind)):
            self._delete(item)

    def look_through(self) -> None:
        """Remove copies from the mailboxes of the run until none comes any more."""
        found: list[Item] = []
        first = WAITS_S if self.book.has_guests else (0.0,)
        waits = [*first, *[WAITS_S[-1]] * LOOKS_MORE_MAX]
        for look, wait_s in enumerate(waits, start=1):
            self.wire.pace.watch.wait(wait_s)
            found = [item for mailbox in self.book.header.mailboxes for item in self._copies(mailbox)]
            for item in found:
                self.book.found(item)
                self._delete(item)
            if not found and look >= len(first):
                return
        if found:
            self.problems.append("Copies of this run's meetings still came into the mailboxes at the last look.")

    def _delete(self, item: Item) -> None:
        reply = self.wire.send("DELETE", _path(item))
        if reply.status in {200, 202, 204, 404, 410}:
            self.book.gone(item.id)
        else:
            self.problems.append(f"Deleting a {item.kind} in {item.mailbox} was answered {reply}.")

    def _search(self, kind: str, mailbox: str) -> list[Item]:
        run = self.book.header.run
        match kind:
            case "calendar":
                return self._named(kind, mailbox, "calendars", "name")
            case "category":
                return self._named(kind, mailbox, "outlook/masterCategories", "displayName")
            case "subscription":
                listed = self._all("/subscriptions")
                return [
                    Item(kind, mailbox, str(each["id"]))
                    for each in listed
                    if f"sim365run={run}" in str(each.get("notificationUrl"))
                ]
            case _:
                select = {"_select": "id,subject,iCalUId", "_top": 100}
                listed = self._all(f"{user(mailbox)}/events{query(_filter=owned(run), **select)}")
                return [_item("event", mailbox, each) for each in listed]

    def _named(self, kind: str, mailbox: str, collection: str, name: str) -> list[Item]:
        listed = self._all(f"{user(mailbox)}/{collection}")
        run = self.book.header.run
        return [Item(kind, mailbox, str(each["id"])) for each in listed if run_in(each.get(name)) == run]

    def _copies(self, mailbox: str) -> list[Item]:
        """What of this run is in a mailbox's calendar, whoever put it there."""
        header = self.book.header
        options: dict[str, str | int] = {"_select": "id,subject,iCalUId,seriesMasterId,type", "_top": 200}
        shown = self._all(
            f"{user(mailbox)}/calendarView{query(**span_of(header.first_day, header.last_day), **options)}"
        )
        series = {str(each["seriesMasterId"]): each for each in shown if each.get("seriesMasterId")}
        found = [
            _item("copy", mailbox, each) for each in shown if not each.get("seriesMasterId") and self._is_own(each)
        ]
        for master, shown_one in series.items():
            told = self.wire.send("GET", f"{user(mailbox)}/events/{quoted(master)}")
            if told.status == 200 and (self._is_own(told.body) or self._is_own(shown_one)):
                found.append(_item("copy", mailbox, told.body))
        return found

    def _is_own(self, event: Json) -> bool:
        return event.get("iCalUId") in self.book.uids or run_in(event.get("subject")) == self.book.header.run

    def _all(self, path: str) -> list[Json]:
        """A whole collection, page by page."""
        found: list[Json] = []
        link: str | None = path
        for _ in range(PAGES_MAX):
            if link is None:
                return found
            reply: Reply = self.wire.send("GET", link)
            if reply.status != 200:
                message = f"looking for what was made was answered {reply}"
                raise ContractError(message)
            found += reply.items
            following = reply.body.get("@odata.nextLink")
            link = following if isinstance(following, str) else None
        message = f"a list of more than {PAGES_MAX} pages; a test mailbox is expected to be almost empty"
        raise ContractError(message)


def _item(kind: str, mailbox: str, event: Json) -> Item:
    return Item(kind, mailbox, str(event["id"]), str(event.get("iCalUId") or ""))


def _path(item: Item) -> str:
    match item.kind:
        case "subscription":
            return f"/subscriptions/{quoted(item.id)}"
        case "calendar":
            return f"{user(item.mailbox)}/calendars/{quoted(item.id)}"
        case "category":
            return f"{user(item.mailbox)}/outlook/masterCategories/{quoted(item.id)}"
        case _:
            return f"{user(item.mailbox)}/events/{quoted(item.id)}"
