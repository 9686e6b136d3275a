"""Questions that wait for a person, and what their answers do.

This module decides how a parked link is asked about and how an answer is carried out. An answer names the pair it was
shown; where either side moved since, it is refused and asked anew (I10). What an answer means is `reconcile.choices`'.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from holdfast.bookings.conflicts import close_within
from holdfast.bookings.orders import Cancel, Edit, Make, Order, Restore
from holdfast.bookings.outcomes import Done
from holdfast.bookings.outcomes import Refused as BookingRefused
from holdfast.bookings.verbs import apply_within
from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor, Permission
from holdfast.journal.writing import Entry, write
from holdfast.mirror import follow, links, standing
from holdfast.mirror.errors import AnswerOutdated, Refused
from holdfast.mirror.lease import MappingFacts
from holdfast.mirror.links import Row
from holdfast.mirror.manners import rules_of
from holdfast.mirror.models import Link
from holdfast.mirror.ours import changes_of, said_by
from holdfast.mirror.retrying import retried
from holdfast.ports import clock
from holdfast.reconcile.choices import Answer, Choice, Moved, NotPossible, choose
from holdfast.reconcile.doing import done, unparked
from holdfast.reconcile.link import Reason
from holdfast.reconcile.resting import fingerprints
from holdfast.reconcile.snapshot import Snapshot
from holdfast.reconcile.steps import Agree, Close, Pull, PullGone, PullNew

QUESTIONS_MAX = 500
GIVEN_UP = "kept as they are"
_SILENT = frozenset({Reason.PAUSED, Reason.DECLINED_BY_US})
"""Parkings that end by themselves; nobody needs to be asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """One parked link, with both sides as they are and the pair an answer must name."""

    link_id: UUID
    mapping_id: UUID
    booking_id: UUID | None
    reason: Reason
    detail: str
    since: datetime
    ours: Snapshot | None
    theirs: Snapshot | None
    pair: tuple[str, str]


def questions(actor: Actor) -> list[Question]:
    """Everything of the mirror's that waits for a person, oldest first."""
    actor.require(Permission.VIEW)
    with in_workspace(actor.workspace_id):
        waiting = Link.objects.exclude(parked="").exclude(parked__in=[each.value for each in _SILENT])
        found = waiting.filter(closed_at=None).order_by("changed_at").values_list("id", flat=True)[:QUESTIONS_MAX]
        rows = links.of_ids(list(found))
    return sorted(map(_question, rows), key=lambda each: each.since)


def answer(actor: Actor, link_id: UUID, choice: Choice, *, pair: tuple[str, str]) -> None:
    """Carry a person's choice out. Raises AnswerOutdated where the pair moved, Refused where it cannot be done."""
    actor.require(Permission.RESOLVE_CONFLICTS)
    mapping = _mapping_of(actor, link_id)
    retried(lambda: _answer(actor, link_id, mapping, Answer(choice, *pair)))


def try_again(actor: Actor, link_id: UUID) -> None:
    """Plan the link anew, whatever parked it."""
    actor.require(Permission.RESOLVE_CONFLICTS)
    with in_workspace(actor.workspace_id):
        row = _row(link_id)
        row.state = unparked(row.state)
        _store(actor, row, "tried again")


def leave(actor: Actor, link_id: UUID) -> None:
    """Both sides stay as they are, and are not kept in step any more."""
    actor.require(Permission.RESOLVE_CONFLICTS)
    with in_workspace(actor.workspace_id):
        row = _row(link_id)
        row.state = done(row.state, Close(GIVEN_UP), now=clock.now(), who=actor.name)
        _store(actor, row, "left as it is")


def _question(row: Row) -> Question:
    parked = row.state.parked
    assert parked is not None, "only parked links are asked about"
    ours = row.state.ours if isinstance(row.state.ours, Snapshot) else None
    pair = fingerprints(row.state)
    return Question(
        row.id,
        row.mapping_id,
        row.booking_id,
        parked.reason,
        parked.detail,
        parked.since,
        ours,
        row.said_there,
        (pair.ours, pair.theirs),
    )


def _mapping_of(actor: Actor, link_id: UUID) -> MappingFacts:
    with in_workspace(actor.workspace_id):
        mapping_id = _row(link_id).mapping_id
    found = standing.calendars(actor.workspace_id, mapping_id)
    mapping = next((m for _, calendar in found for m in calendar.mappings if m.id == mapping_id), None)
    if mapping is None:
        raise Refused("The mapping of this booking has ended.")
    return mapping


def _answer(actor: Actor, link_id: UUID, mapping: MappingFacts, given: Answer) -> None:
    with in_workspace(actor.workspace_id):
        row = _row(link_id)
        step = choose(row.state, given, rules_of(mapping, is_shadow=row.is_shadow))
        match step:
            case Moved():
                raise AnswerOutdated
            case NotPossible(reason):
                raise Refused(f"This cannot be chosen: {reason}.")
            case Agree() | Close():
                row.state = done(row.state, step, now=clock.now(), who=actor.name)
            case Pull() | PullNew() | PullGone():
                row = _pull(actor, row, step, mapping)
        close_within(actor, resolution=given.choice.value, link_id=link_id)
        _store(actor, row, f"answered {given.choice.value}")


def _pull(actor: Actor, row: Row, step: Pull | PullNew | PullGone, mapping: MappingFacts) -> Row:
    """The verb, in the person's name. It tells the mirror's own follower, so the link is read again after it."""
    order = _order(row, step, mapping)
    if order is None:
        row.state = done(row.state, step, now=clock.now())
        return row
    (outcome,) = apply_within(actor, [order])
    match outcome:
        case BookingRefused(sentence=sentence):
            raise Refused(sentence)
        case Done(booking=booking):
            (fresh,) = links.of_ids([row.id])
            said = said_by(booking, adopted=fresh.is_adopted)
            fresh.booking_id = booking.id
            fresh.state = done(fresh.state, step, now=clock.now(), result=said if isinstance(said, Snapshot) else None)
            return fresh


def _order(row: Row, step: Pull | PullNew | PullGone, mapping: MappingFacts) -> Order | None:
    match step:
        case PullGone():
            return Cancel(booking_id=row.booking_id, reason="deleted in Outlook") if row.booking_id else None
        case PullNew(after) if row.booking_id is None:
            return Make(
                resource_id=mapping.resource_id,
                when=after.when,
                title=after.title,
                note=after.note,
                show_as=after.show_as,
                sensitivity=after.sensitivity,
                place=after.place,
                people=after.people,
            )
        case PullNew():
            assert row.booking_id is not None
            return Restore(booking_id=row.booking_id)
        case Pull(changed, after):
            changes = changes_of(after, changed)
            return Edit(booking_id=row.booking_id, changes=changes) if changes and row.booking_id else None


def _row(link_id: UUID) -> Row:
    found = links.of_ids([link_id])
    if not found:
        raise Refused("There is no such question.")
    return found[0]


def _store(actor: Actor, row: Row, verb: str) -> None:
    row.is_unsettled, row.due_at = row.state.closed is None, None
    links.store(actor.workspace_id, [row])
    if row.is_unsettled:
        follow.stir([row.mailbox_id])
    if row.booking_id is not None:
        write(
            actor.workspace_id,
            actor.by,
            [Entry(verb, "booking", row.booking_id, after={"link": row.id})],
            at=clock.now(),
        )
