"""The one idea: what is the next step of a link?

`plan` compares what was observed on each side with that side's half of what was agreed, and says one step. It decides;
it must not do anything, read a clock, or remember. There is no outbound and no inbound: a link is settled from
whichever side woke it. Neither side differs: Nothing. Ours only: a push. Theirs only: a pull. Both, to the same: Agree.
Both, differently: a merge here, and the next plan is a plain push.
"""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from holdfast.reconcile import fields
from holdfast.reconcile.claims import RemoveExtra, claim, made_by, transaction_id
from holdfast.reconcile.link import Absence, Kind, LinkState, Offer, Reason, Sight
from holdfast.reconcile.merge import Edits, merge
from holdfast.reconcile.resting import Rest, holds, is_equal, put_back_too_often
from holdfast.reconcile.rules import Direction, InboundEdit, Rules
from holdfast.reconcile.snapshot import NOTHING, Field, Pair, Reply, Snapshot
from holdfast.reconcile.steps import (
    Agree,
    Conflict,
    Create,
    Decline,
    Delete,
    Find,
    Look,
    Nothing,
    Park,
    Patch,
    Pull,
    PullGone,
    PullNew,
    Repeat,
    Step,
    Writable,
    writable,
)
from holdfast.reconcile.verdict import Verdict

OFFERS_MAX = 8  # open writes of one link; more means that Microsoft's answers make no sense
_OF_THE_RULES = frozenset({Reason.PAUSED, Reason.LOCKED})  # parkings that end when the mapping changes


def plan(link: LinkState, rules: Rules, *, now: datetime, verdict: Verdict = None) -> Step:
    """The next step. Total, deterministic, and without effect; `now` only tells whether a parking's time has come."""
    if link.closed is not None or link.ours is Absence.NOT_WATCHED:
        return Nothing()
    if is_equal(link):
        return Nothing()
    held = link.parked.reason if link.parked is not None and holds(link, now=now) else None
    if held is not None and held not in _OF_THE_RULES:
        return Nothing()
    step = _plan(link, rules, now=now, verdict=verdict)
    if isinstance(step, Park) and step.reason is held:
        return Nothing()
    return step


def rest(link: LinkState, rules: Rules, *, now: datetime) -> Rest:
    """Where the link is. Verify counts settled, parked and closed apart; the sweep takes the unsettled."""
    if link.closed is not None:
        return Rest.CLOSED
    if not isinstance(plan(link, rules, now=now), Nothing):
        return Rest.UNSETTLED
    if holds(link, now=now):
        return Rest.PARKED
    return Rest.SETTLED


@dataclass(frozen=True, slots=True)
class _Case:
    """One link laid out for planning."""

    link: LinkState
    rules: Rules
    now: datetime
    verdict: Verdict
    ours: Snapshot | None
    theirs: Snapshot | None
    sight: Sight | None
    target: Writable | None
    flow: fields.Flow


def _plan(link: LinkState, rules: Rules, *, now: datetime, verdict: Verdict) -> Step:
    sight = link.theirs
    ours = link.ours if isinstance(link.ours, Snapshot) else None
    theirs = None if sight is None else sight.said
    flow = fields.flow(sight, rules)
    target = None if rules.direction is Direction.DOWN else writable(sight)
    case = _Case(link, rules, now, verdict, ours, theirs, sight, target, flow)
    if rules.direction is Direction.NONE:
        return Nothing() if _is_quiet(case) else Park(Reason.PAUSED)
    if link.must_look and sight is not None:
        return Look(sight.event_id)
    if len(link.offers) > OFFERS_MAX:
        return Park(Reason.FAILED, detail="too many writes without an answer that makes sense")
    created = next((one for one in reversed(link.offers) if one.kind is Kind.CREATE), None)
    if created is not None and theirs is None and not (created.refused and ours not in (None, created.pair.ours)):
        return _with_open_create(case, created)
    return _by_presence(case)


def _is_quiet(case: _Case) -> bool:
    """Nothing that flows differs from what was agreed."""
    pair = case.link.agreed
    if case.ours is None or case.theirs is None or pair.ours is None or pair.theirs is None:
        return case.ours == pair.ours and case.theirs == pair.theirs
    return not _mine(case, case.ours, pair.ours) and not _their(case, case.theirs, pair.theirs)


def _mine(case: _Case, ours: Snapshot, base: Snapshot) -> tuple[Field, ...]:
    return fields.changed(base, ours, case.flow.out)


def _their(case: _Case, theirs: Snapshot, base: Snapshot) -> tuple[Field, ...]:
    return fields.changed(base, theirs, case.flow.into)


def _with_open_create(case: _Case, created: Offer) -> Step:
    """An unanswered create is repeated byte-equal; with the booking at None it is a claim, and nothing is sent."""
    if case.ours is None:
        return Nothing()
    if not _may_create(case):
        return Park(Reason.LOCKED)
    name = transaction_id(case.link.key, created.generation)
    return Find(created, name) if created.used else Repeat(created, name)


def _by_presence(case: _Case) -> Step:
    if case.ours is None:
        return _nothing_here(case, case.theirs) if case.theirs is not None else _both_gone(case)
    if case.theirs is None:
        return _nothing_there(case, case.ours)
    return _both_there(case, case.ours, case.theirs)


def _asked(case: _Case, reason: Reason, *, detail: str = "", lost: tuple[Conflict, ...] = ()) -> Park:
    """Parked until a person chooses; both sides are kept as they were shown."""
    asked = Conflict(None, case.ours, case.theirs, "asked", reason.value)
    return Park(reason, detail=detail, conflicts=(*lost, asked))


def _both_gone(case: _Case) -> Step:
    return Nothing() if case.link.agreed == NOTHING and not case.link.offers else Agree(NOTHING)


# Nothing here, an event there


def _nothing_here(case: _Case, theirs: Snapshot) -> Step:
    base = case.link.agreed.theirs
    if base is None:
        return _new_there(case, theirs)
    edits = tuple(name for name in _their(case, theirs, base) if name is not Field.REPLY)
    if case.link.agreed.ours is None:  # both keep what they have: an event that we declined stays as it is
        return _asked(case, Reason.CAME_BACK) if edits else Nothing()
    if edits:
        return _asked(case, Reason.CANCELLED_HERE)
    if theirs.reply is Reply.DECLINED:
        return Agree(Pair(None, theirs))
    return _remove(case, "cancelled", conflicts=())


def _new_there(case: _Case, theirs: Snapshot) -> Step:
    """An event that our side has no booking for and never agreed to."""
    if case.link.ours is None and case.sight is not None:
        return _after_the_end(case, case.sight)
    if case.rules.direction is Direction.UP:
        return Nothing()
    if case.verdict is not None:
        lost = Conflict(None, None, theirs, "ours", case.verdict.reason)
        return _remove(case, case.verdict.reason, conflicts=(lost,))
    after = fields.in_our_words(theirs, None, case.rules)
    return PullNew(after, Pair(after, theirs))


def _after_the_end(case: _Case, sight: Sight) -> Step:
    """The booking was cancelled before this event was ever acknowledged: a late create of ours, or somebody's act."""
    made = made_by(sight.transaction_id)
    if sight.event_id in case.link.absent or made is None or made[0] != case.link.key:
        return _asked(case, Reason.CAME_BACK)
    unseen = replace(case.link, known=())
    return (
        _remove(case, "cancelled", conflicts=())
        if isinstance(claim(unseen, sight), RemoveExtra)
        else _asked(case, Reason.EXTRA)
    )


def _remove(case: _Case, reason: str, *, conflicts: tuple[Conflict, ...]) -> Step:
    """Delete what is ours to write, decline what is not, and touch nothing where no write may flow."""
    if case.target is not None:
        return Delete(case.target, conflicts)
    if case.rules.direction is Direction.DOWN or case.sight is None:
        return Park(Reason.LOCKED, conflicts=conflicts)
    return Decline(case.sight.event_id, case.sight.etag, reason, conflicts)


# A booking here, nothing there


def _nothing_there(case: _Case, ours: Snapshot) -> Step:
    base = case.link.agreed
    if base.theirs is None or base.ours is None or case.link.again:
        return _create(case, ours)
    if any(one.kind is Kind.DECLINE for one in case.link.offers):
        return _asked(case, Reason.DECLINED_BY_US)
    if case.rules.direction is Direction.UP:
        return _asked(case, Reason.REFUSED)
    if _mine(case, ours, base.ours):
        return _asked(case, Reason.DELETED_THERE)
    if case.verdict is not None:
        return _asked(case, Reason.REFUSED, detail=case.verdict.reason)
    return PullGone()


def _create(case: _Case, ours: Snapshot) -> Step:
    if not _may_create(case):
        return Park(Reason.LOCKED)
    body = fields.read_back(replace(ours, reply=Reply.NONE))
    generation = case.link.generation + 1
    return Create(body, Pair(ours, body), generation, transaction_id(case.link.key, generation))


def _may_create(case: _Case) -> bool:
    return case.rules.may_create and case.rules.direction is not Direction.DOWN


# A booking here, an event there


def _both_there(case: _Case, ours: Snapshot, theirs: Snapshot) -> Step:
    base, their_base = case.link.agreed.ours, case.link.agreed.theirs
    if base is None or their_base is None:
        return _never_agreed(case, ours, theirs)
    mine, their = _mine(case, ours, base), _their(case, theirs, their_base)
    refused = _refused(case, ours, theirs, their)
    accepted = tuple(name for name in their if name not in refused)
    if accepted:
        return _take_in(case, Edits(base, ours, mine, their_base, theirs, accepted))
    if refused:
        return _put_back(case, Edits(base, ours, mine, their_base, theirs, ()), refused)
    if mine:
        return _push(case, Edits(base, ours, mine, their_base, theirs, ()))
    return Nothing()


def _refused(case: _Case, ours: Snapshot, theirs: Snapshot, their: tuple[Field, ...]) -> tuple[Field, ...]:
    """What of theirs goes back: only what says anything else than ours."""
    if case.verdict is None and case.rules.direction is not Direction.UP:
        return ()
    other = fields.changed(fields.read_back(ours), theirs, their)
    if case.verdict is None:
        return other
    # A refusal that names none of them refuses the change as a whole; so asking again can never go round in circles.
    return tuple(name for name in other if name in case.verdict.fields) or other


def _never_agreed(case: _Case, ours: Snapshot, theirs: Snapshot) -> Step:
    """Adoption: everything in which they differ was changed by both. Sets are joined, nothing is taken away."""
    blank, their_blank = replace(ours, people=(), categories=()), replace(theirs, people=(), categories=())
    edits = Edits(blank, ours, case.flow.out, their_blank, theirs, case.flow.into)
    merged = merge(edits, case.rules)
    if merged is None:
        return _asked(case, Reason.CONTESTED)
    pair = Pair(merged.pair.ours, theirs)
    if not merged.fields:
        return Agree(pair, merged.conflicts)
    if case.verdict is not None:
        return _asked(case, Reason.CONTESTED, detail=case.verdict.reason)
    return Pull(merged.fields, merged.after, pair, merged.conflicts)


def _take_in(case: _Case, edits: Edits) -> Step:
    merged = merge(edits, case.rules)
    if merged is None:
        return _asked(case, Reason.CONTESTED)
    if not merged.fields:
        return Agree(merged.pair, merged.conflicts)
    return Pull(merged.fields, merged.after, merged.pair, merged.conflicts)


def _push(case: _Case, edits: Edits) -> Step:
    wanted = _wanted(edits, refused=())
    differing = fields.changed(edits.theirs, wanted, edits.mine)
    half = fields.take(edits.base, edits.ours, edits.mine)
    if not differing:
        return Agree(Pair(half, fields.take(edits.their_base, edits.theirs, edits.mine)))
    stays = _kept_from_going(case)
    if stays is InboundEdit.LOCAL_ONLY:
        return Agree(Pair(half, edits.their_base))
    if stays is InboundEdit.LOCKED or case.target is None:
        return _asked(case, Reason.LOCKED)
    return Patch(case.target, differing, wanted, Pair(half, wanted))


def _wanted(edits: Edits, *, refused: tuple[Field, ...]) -> Snapshot:
    """Their snapshot with refused values as they were and with our edits in it, as Exchange will read it back."""
    onto = fields.take(edits.theirs, edits.their_base, refused)
    return fields.moved(fields.read_back(edits.base), fields.read_back(edits.ours), onto, edits.mine)


def _kept_from_going(case: _Case) -> InboundEdit | None:
    """What the mapping says of an edit here that may not simply go out: not ours to write, or born in Outlook."""
    born_there = case.link.generation == 0
    if case.target is not None and (not born_there or case.rules.inbound_edit is InboundEdit.PROPAGATE):
        return None
    if case.rules.inbound_edit is InboundEdit.LOCAL_ONLY:
        return InboundEdit.LOCAL_ONLY
    return InboundEdit.LOCKED


def _put_back(case: _Case, edits: Edits, refused: tuple[Field, ...]) -> Step:
    """Refused values go back, and our own edits with them in the one request; they are kept in the conflict list."""
    reason = "direction" if case.verdict is None else case.verdict.reason
    lost = tuple(Conflict(name, edits.ours, edits.theirs, "ours", reason) for name in refused)
    if case.target is None:
        return _decline_refused(case, edits, reason, lost)
    if put_back_too_often(case.link, now=case.now):
        return _asked(case, Reason.PUT_BACK, detail=reason, lost=lost)
    wanted = _wanted(edits, refused=refused)
    names = fields.changed(edits.theirs, wanted, case.flow.out)
    pair = Pair(fields.take(edits.base, edits.ours, edits.mine), wanted)
    if not names:
        return Agree(pair, lost)
    return Patch(case.target, names, wanted, pair, put_back=True, conflicts=lost)


def _decline_refused(case: _Case, edits: Edits, reason: str, lost: tuple[Conflict, ...]) -> Step:
    """The table's right column: what we may not put back is declined, and then our booking goes."""
    if edits.theirs.reply is Reply.DECLINED:
        return PullGone()
    if case.verdict is None or case.rules.direction is Direction.DOWN or case.sight is None:
        return _asked(case, Reason.REFUSED, detail=reason, lost=lost)
    return Decline(case.sight.event_id, case.sight.etag, reason, lost)
