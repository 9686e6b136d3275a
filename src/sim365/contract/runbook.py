"""The file of one run: what is going to be made, written down before it is made; what was made; what was removed.

One line of JSON per step, appended and forced to the disk before the step's request goes out. After a crash the file
says all that can be known: an intent without an outcome may or may not have become an item, and is searched for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from sim365.contract.errors import RefusedError

SUFFIX = ".run.jsonl"
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Header:
    """Which run this is, and where."""

    run: str
    tenant: str
    root: str
    began: str
    mailboxes: tuple[str, ...]
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Item:
    """Something made by the run, or a copy that a meeting of it left in a mailbox."""

    kind: str
    """`event`, `copy`, `calendar`, `category`, `subscription`."""
    mailbox: str
    id: str
    uid: str = ""


@dataclass(slots=True)
class Intent:
    """What is going to be made."""

    number: int
    kind: str
    mailbox: str
    name: str
    guests: tuple[str, ...] = ()


@dataclass(slots=True)
class RunBook:
    """One run's file, and what it says."""

    path: Path
    header: Header
    intents: dict[int, Intent] = field(default_factory=dict[int, Intent])
    """Those without an outcome."""
    live: dict[str, Item] = field(default_factory=dict[str, Item])
    uids: set[str] = field(default_factory=set[str])
    """iCalUIds of everything made: a copy in a guest's mailbox has the same."""
    has_guests: bool = False
    created: int = 0
    removed: int = 0
    closed: bool = False
    _next: int = 1

    def intend(self, kind: str, mailbox: str, name: str, guests: tuple[str, ...] = ()) -> Intent:
        """Write down what is going to be made; on the disk when this returns."""
        intent = Intent(self._next, kind, mailbox, name, guests)
        self._write({"intent": intent.number, "kind": kind, "mailbox": mailbox, "name": name, "guests": list(guests)})
        return intent

    def refused(self, intent: Intent) -> None:
        """The service said that it did not make it."""
        self._write({"refused": intent.number})

    def made(self, intent: Intent, item: Item) -> None:
        """The service said that it made it."""
        self._write({"made": intent.number, **_item_line(item)})

    def found(self, item: Item) -> None:
        """Something of this run that no answer told of: a lost answer's item, or a guest's copy."""
        if item.id not in self.live:
            self._write({"found": True, **_item_line(item)})

    def gone(self, item_id: str) -> None:
        """It is no longer there."""
        if item_id in self.live:
            self._write({"gone": item_id})

    def searched(self, intent: Intent) -> None:
        """Searched for, and whatever of it was there is in the book by now."""
        self._write({"refused": intent.number})

    def close(self) -> None:
        """Nothing of this run is left."""
        self._write({"closed": True})

    def _write(self, line: Line) -> None:
        with self.path.open("ab") as file:
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.apply(line)

    def apply(self, line: Line) -> None:
        """What one line says; for the writer above and the reader below."""
        match line:
            case {"intent": int(number), "kind": kind, "mailbox": mailbox, "name": name, "guests": guests}:
                self.intents[number] = Intent(number, kind, mailbox, name, tuple(guests))
                self.has_guests = self.has_guests or bool(guests)
                self._next = number + 1
            case {"refused": int(number)}:
                self.intents.pop(number, None)
            case {"made": int(number)}:
                self.intents.pop(number, None)
                self._add(line)
            case {"found": True}:
                self._add(line)
            case {"gone": str(item_id)}:
                self.removed += self.live.pop(item_id, None) is not None
            case {"closed": True}:
                self.closed = True
            case _:
                message = "an unknown line"
                raise ValueError(message)

    def _add(self, line: Line) -> None:
        item = Item(line["kind"], line["mailbox"], line["id"], line["uid"])
        if item.id not in self.live:
            self.live[item.id] = item
            self.created += 1
        if item.uid:
            self.uids.add(item.uid)


def begin(folder: Path, header: Header) -> RunBook:
    """A new run's file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{header.run}{SUFFIX}"
    line = {
        "run": header.run,
        "tenant": header.tenant,
        "root": header.root,
        "began": header.began,
        "mailboxes": list(header.mailboxes),
        "first_day": header.first_day.isoformat(),
        "last_day": header.last_day.isoformat(),
    }
    with path.open("xb") as file:
        file.write(json.dumps(line).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _force_name(folder)
    return RunBook(path, header)


def read(path: Path) -> RunBook:
    """A run's file as it was left. A last line that was cut off in the middle was never acted upon."""
    raw = path.read_bytes()
    whole, _, rest = raw.rpartition(b"\n")
    lines = whole.split(b"\n") if whole else []
    try:
        header = _header(json.loads(lines[0]))
        book = RunBook(path, header)
        for line in lines[1:]:
            book.apply(cast("Line", json.loads(line)))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        message = (
            f"{path} is not a run's file, or is damaged. Look into it before you remove it: it names what was made."
        )
        raise RefusedError(message) from error
    if rest:
        with path.open("r+b") as file:
            file.truncate(len(whole) + 1)
    return book


def open_runs(folder: Path) -> Iterator[RunBook]:
    """The runs of which something may be left, oldest first."""
    for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda each: (each.stat().st_mtime_ns, each.name)):
        if b"\n" not in path.read_bytes():
            path.unlink()  # cut off while its first line was written: before anything was made
            continue
        book = read(path)
        if not book.closed:
            yield book


def _header(line: Line) -> Header:
    datetime.fromisoformat(line["began"])
    return Header(
        run=str(line["run"]),
        tenant=str(line["tenant"]),
        root=str(line["root"]),
        began=str(line["began"]),
        mailboxes=tuple(line["mailboxes"]),
        first_day=date.fromisoformat(line["first_day"]),
        last_day=date.fromisoformat(line["last_day"]),
    )


def _item_line(item: Item) -> Line:
    return {"kind": item.kind, "mailbox": item.mailbox, "id": item.id, "uid": item.uid}


def _force_name(folder: Path) -> None:
    """A new file's name is on the disk only when its directory is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
