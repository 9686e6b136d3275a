"""Judging orders one after the other, in memory, on locked ground. Decides; writes nothing.

The result is a `Judgement`: outcomes in the order of the orders, the records as they shall be, and the ground they sit
on. Orders later in a batch see what earlier ones did. People's orders that clash are refused; what Outlook says is kept
and overlaps. Movers that only stand in each other's way (a swap) are lifted together and set down together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec

from holdfast.bookings import candidates
from holdfast.bookings.ground import Ground, Pair, Taken, instant, pair
from holdfast.bookings.orders import Order
from holdfast.bookings.outcomes import Clash, Code, Done, Outcome, Refused
from holdfast.bookings.record import Record
from holdfast.bookings.scene import Facts
from holdfast.bookings.seating import Seating, Slot, promote, seat
from holdfast.bookings.series.master import Held
from holdfast.directory.kinds import Sharing
from holdfast.directory.roles import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """One order that was done: what the journal writes down."""

    verb: str
    cause: str
    before: Record | None
    after: Record
    cut: dict[str, str]


@dataclass(slots=True)
class Judgement:
    """Everything that is to be written, and the answer for each order."""

    actor: Actor
    at: datetime
    facts: dict[UUID, Facts]
    ground: Ground
    records: dict[UUID, Record]
    next_claim: int
    units: list[int]
    outcomes: list[Outcome | None] = field(default_factory=list[Outcome | None])
    steps: list[Step] = field(default_factory=list[Step])
    originals: dict[UUID, Record | None] = field(default_factory=dict[UUID, Record | None])
    pairs_before: set[Pair] = field(default_factory=set[Pair])
    reseated: set[UUID] = field(default_factory=set[UUID])
    freed: set[int] = field(default_factory=set[int])
    promoted: list[UUID] = field(default_factory=list[UUID])
    held: Mapping[UUID, Held] = field(default_factory=dict[UUID, Held])
    keeps: bool = False  # whatever clashes is kept and overlaps, as if Outlook had said it
    _contested: set[UUID] = field(default_factory=set[UUID])

    def judge(self, orders: Sequence[Order]) -> None:
        # One after the other, so that a later order sees what an earlier one did.
        self.judge_each(
            candidates.candidate(self.actor, order, self.records, at=self.at, held=self.held) for order in orders
        )

    def judge_each(
        self,
        found: Iterable[candidates.Candidate | Refused],
        *,
        instead: Callable[[], Iterable[candidates.Candidate]] = tuple,
    ) -> None:
        """Judge what was prepared; `instead` may then answer what is to be done for those that were refused."""
        self._remember_all()
        self._do(found)
        self._do(instead())
        self._promote()
        self._look_again()

    def _do(self, found: Iterable[candidates.Candidate | Refused]) -> None:
        clashing: dict[int, tuple[candidates.Candidate, Seating]] = {}
        for position, candidate in enumerate(found, len(self.outcomes)):
            self.outcomes.append(None)
            if isinstance(candidate, Refused):
                self.outcomes[position] = candidate
                continue
            seating = self._try(position, candidate)
            if seating is not None:
                clashing[position] = (candidate, seating)
        self._swap(clashing)
        for position, (candidate, seating) in clashing.items():
            if self.outcomes[position] is None:
                self.outcomes[position] = self._taken(candidate, seating)

    def rehang(self, records: Sequence[Record]) -> None:
        """Seat bookings anew on the units their resources have now, in the order given; none is refused."""
        self._remember_all()
        for record in records:
            facts = self.facts.get(record.resource_id)
            if facts is None:
                continue
            before = self.ground.lift(record.id)
            seating = seat(record, facts, self.ground, before=tuple(unit for unit, _ in before))
            for unit, taken in seating.slots:
                self.ground.put(unit, taken)
            if seating.clashes:
                self._contested.add(record.id)
            self.freed.update(unit for unit, _ in before)
            if self.ground.of(record.id) != before:
                self.reseated.add(record.id)
        self._promote()

    @property
    def keeps_clashes(self) -> bool:
        return self.keeps or self.actor.is_outlook

    def pairs_after(self) -> set[Pair]:
        """Whom the bookings overlap now that overlapped somebody before or met somebody in this batch."""
        found: set[Pair] = set()
        for booking_id in self._contested.union(*self.pairs_before):
            found |= self.ground.pairs(booking_id)
        return found

    def _try(self, position: int, candidate: candidates.Candidate) -> Seating | None:
        """Do one order, or answer what stands in its way."""
        facts = self.facts.get(candidate.after.resource_id)
        refused = _unbookable(candidate, facts, is_kept=self.keeps_clashes)
        if refused is not None or facts is None:
            self.outcomes[position] = refused
            return None
        if not candidate.moves:
            self._accept(position, candidate)
            return None
        lifted: list[Slot] = []
        if candidate.before is not None:
            lifted = self.ground.lift(candidate.after.id)
        seating = seat(candidate.after, facts, self.ground, before=tuple(unit for unit, _ in lifted))
        if seating.clashes and candidate.claims and not self.keeps_clashes:
            for unit, taken in lifted:
                self.ground.put(unit, taken)
            return seating
        self.freed.update(unit for unit, _ in lifted)
        self._sit(position, candidate, seating)
        return None

    def _sit(self, position: int, candidate: candidates.Candidate, seating: Seating) -> None:
        after = candidate.after
        if candidate.claims:
            after = msgspec.structs.replace(after, claim=self.next_claim, claimed_at=self.at)
            self.next_claim += 1
        for unit, taken in seating.slots:
            self.ground.put(unit, taken._replace(claim=after.claim))
        self.reseated.add(after.id)
        overlaps = tuple(clash.booking_id for clash in seating.clashes)
        if overlaps:
            self._contested.add(after.id)
        self._accept(position, candidate, after=after, overlaps=overlaps)

    def _accept(
        self,
        position: int,
        candidate: candidates.Candidate,
        *,
        after: Record | None = None,
        overlaps: tuple[UUID, ...] = (),
    ) -> None:
        after = after or candidate.after
        self.originals.setdefault(after.id, candidate.before)
        self.records[after.id] = after
        if candidate.before is None or after != candidate.before:
            self.steps.append(Step(candidate.verb, candidate.cause, candidate.before, after, candidate.cut))
        self.outcomes[position] = Done(after, candidate.before, overlaps, tuple(candidate.cut))

    def _remember_all(self) -> None:
        """Whom the bookings in question overlap before anything moves, or new overlaps would pass for old ones."""
        for booking_id in self.records.keys() | {taken.booking_id for _, taken in self.ground.overlapping()}:
            self.pairs_before |= self.ground.pairs(booking_id)

    def _swap(self, clashing: dict[int, tuple[candidates.Candidate, Seating]]) -> None:
        """Set down together those movers that clash with nobody but each other."""
        movers = {position: pair for position, pair in clashing.items() if pair[0].before is not None}
        while movers:
            ids = {candidate.after.id for candidate, _ in movers.values()}
            stuck = [p for p, (_, seating) in movers.items() if any(c.booking_id not in ids for c in seating.clashes)]
            if not stuck:
                break
            for position in stuck:
                del movers[position]
        if len(movers) < 2:
            return
        lifted = [slot for candidate, _ in movers.values() for slot in self.ground.lift(candidate.after.id)]
        placed = {position: self._place_alone(candidate) for position, (candidate, _) in movers.items()}
        for candidate, _ in movers.values():
            self.ground.lift(candidate.after.id)
        if any(seating.clashes for seating in placed.values()):
            for unit, taken in lifted:
                self.ground.put(unit, taken)
            return
        self.freed.update(unit for unit, _ in lifted)
        for position, seating in placed.items():
            self._sit(position, movers[position][0], seating)

    def _place_alone(self, candidate: candidates.Candidate) -> Seating:
        seating = seat(candidate.after, self.facts[candidate.after.resource_id], self.ground)
        for unit, taken in seating.slots:
            self.ground.put(unit, taken)
        return seating

    def _promote(self) -> None:
        if self.freed:
            risen = promote(self.ground, self.facts, self.freed)
            self.promoted = [booking_id for booking_id in risen if booking_id not in self.reseated]
            self.reseated.update(risen)

    def _look_again(self) -> None:
        """What an order overlapped when it was done may have gone by the end of the batch."""
        for position, outcome in enumerate(self.outcomes):
            if isinstance(outcome, Done) and outcome.overlaps:
                mine = outcome.booking.id
                pairs = self.ground.pairs(mine)
                still = tuple(other for other in outcome.overlaps if pair(mine, other) in pairs)
                self.outcomes[position] = replace(outcome, overlaps=still)

    def _taken(self, candidate: candidates.Candidate, seating: Seating) -> Refused:
        name = self.facts[candidate.after.resource_id].name
        return Refused(
            Code.TAKEN,
            ("when", "resource_id"),
            f"{name} is taken at that time.",
            "Choose another time or another resource.",
            tuple(_clash(taken) for taken in seating.clashes),
        )


def _clash(taken: Taken) -> Clash:
    return Clash(taken.booking_id, taken.resource_id, instant(taken.start), instant(taken.end))


def _unbookable(candidate: candidates.Candidate, facts: Facts | None, *, is_kept: bool) -> Refused | None:
    if facts is None:
        return Refused(Code.NOT_FOUND, ("resource_id",), "There is no such resource here.", "Choose one of the list.")
    if is_kept or not candidate.moves or not candidate.after.takes_time:
        return None
    if not facts.active or not facts.units:
        return Refused(
            Code.NOT_BOOKABLE,
            ("resource_id",),
            f"{facts.name} cannot be booked at present.",
            "Choose another resource.",
        )
    if facts.sharing is Sharing.COUNTED and candidate.after.quantity > len(facts.units):
        sentence = f"{facts.name} has {len(facts.units)}, and {candidate.after.quantity} were asked for."
        return Refused(Code.INVALID, ("quantity",), sentence, f"Ask for {len(facts.units)} at most.")
    return None
