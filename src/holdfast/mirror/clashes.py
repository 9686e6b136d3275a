"""Two claims on one time: answered by the rule that the mapping declares, and shown with it.

This module decides what follows when an event from Outlook arrives onto time that a booking made here has taken. Both
are kept first (the event's booking as overlapping), so nothing is lost whichever rule holds; then the loser gives way
through a verb, with its full content in the queue. Entries that were in Outlook before the first sync are left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Done
from holdfast.bookings.record import Record
from holdfast.bookings.scene import records
from holdfast.bookings.states import Origin
from holdfast.bookings.verbs import apply_within
from holdfast.directory.roles import outlook, system
from holdfast.mirror import keeping
from holdfast.mirror.desk import Desk
from holdfast.mirror.links import Row
from holdfast.mirror.ours import said_by
from holdfast.ports import clock
from holdfast.reconcile.doing import edited
from holdfast.reconcile.resting import PUT_BACK_WITHIN, put_back_too_often
from holdfast.reconcile.rules import ClashWinner
from holdfast.reconcile.snapshot import Snapshot
from holdfast.reconcile.steps import Conflict

TIE = timedelta(minutes=2)
"""Claims closer together than notices and clocks can tell: shown as a tie, with the rule that decided."""
REASON = "clash"


@dataclass(frozen=True, slots=True)
class Clash:
    """A link whose booking came to overlap bookings made here."""

    row: Row
    outcome: Done


def resolve(desk: Desk, clashes: Sequence[Clash]) -> list[Row]:
    """Apply the declared rule to each; answers the links that are to be planned again."""
    others = {each for clash in clashes for each in clash.outcome.overlaps}
    known = records(desk.workspace_id, sorted(others)) if others else {}
    moved: list[Row] = []
    for clash in clashes:
        against = [known[each] for each in clash.outcome.overlaps if each in known and _is_claim(known[each])]
        if against and _resolve(desk, clash, against):
            moved.append(clash.row)
    return moved


def _is_claim(record: Record) -> bool:
    return record.origin is Origin.HERE and record.takes_time


def _resolve(desk: Desk, clash: Clash, against: Sequence[Record]) -> bool:
    rules = desk.rules(clash.row)
    assert rules is not None, "a link that was pulled has a mapping"
    match rules.clash_winner:
        case ClashWinner.ASK:
            return False
        case ClashWinner.OUTLOOK:
            _outlook_wins(desk, clash, against)
            return False
        case ClashWinner.FIRST_HERE:
            return _first_here_wins(desk, clash, against)


def _outlook_wins(desk: Desk, clash: Clash, against: Sequence[Record]) -> None:
    """The bookings made here give way; their owners are told by the journal's readers."""
    actor = system(desk.workspace_id, name=f"rule {ClashWinner.OUTLOOK}")
    apply_within(actor, [Cancel(booking_id=record.id, reason=_reason(clash, record)) for record in against])


def _first_here_wins(desk: Desk, clash: Clash, against: Sequence[Record]) -> bool:
    """A new event is taken away again, a moved one put back; where somebody insists, it stays and is shown."""
    row, outcome = clash.row, clash.outcome
    if put_back_too_often(row.state, now=clock.now()):
        return False
    theirs = row.said_there
    actor = outlook(desk.workspace_id, mapping_id=row.mapping_id, name=f"rule {ClashWinner.FIRST_HERE}")
    reason = _reason(clash, against[0])
    kept = Conflict(None, _snapshot(outcome.before), theirs, "ours", reason)
    keeping.keep(desk, row, (kept,))
    if outcome.before is None or not outcome.before.takes_time:
        order = Cancel(booking_id=outcome.booking.id, reason=reason)
    else:
        order = Edit(booking_id=outcome.booking.id, changes={"when": outcome.before.when})
    (answer,) = apply_within(actor, [order])
    if not isinstance(answer, Done):
        return False
    now = clock.now()
    recent = (*(at for at in row.state.put_backs if now - at < PUT_BACK_WITHIN), now)
    row.state = replace(edited(row.state, said_by(answer.booking, adopted=row.is_adopted)), put_backs=recent)
    return True


def _reason(clash: Clash, record: Record) -> str:
    claimed = clash.outcome.booking.claimed_at
    return f"{REASON}, tie" if abs(claimed - record.claimed_at) < TIE else REASON


def _snapshot(record: Record | None) -> Snapshot | None:
    said = None if record is None else said_by(record)
    return said if isinstance(said, Snapshot) else None
