"""A person's answer to a parked link.

This module decides which step carries the answer out. An answer names the pair it was asked about; if either side moved
since, it is refused and asked anew, so nobody decides about something they were not shown.
"""

from dataclasses import dataclass
from enum import StrEnum

from holdfast.reconcile import fields
from holdfast.reconcile.link import LinkState, Reason
from holdfast.reconcile.merge import Edits, merge
from holdfast.reconcile.resting import fingerprints
from holdfast.reconcile.rules import Direction, Rules, Winner
from holdfast.reconcile.snapshot import NOTHING, Pair, Snapshot
from holdfast.reconcile.steps import Agree, Close, Conflict, Pull, PullGone, PullNew, writable


class Choice(StrEnum):
    """Whose version is to stand."""

    OURS = "ours"
    THEIRS = "theirs"


KEPT_HERE_ONLY = "kept_here_only"
_NOTHING_TO_CHOOSE = frozenset({Reason.PAUSED, Reason.BRAKE, Reason.QUARANTINE, Reason.FAILED})
_WHOLE = frozenset({Reason.REFUSED, Reason.PUT_BACK, Reason.CLASH})  # every change of theirs was in question


@dataclass(frozen=True, slots=True)
class Answer:
    """The choice, and the fingerprints of the pair the person was shown (`resting.fingerprints`)."""

    choice: Choice
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Either side moved since the question: it is asked anew."""


@dataclass(frozen=True, slots=True)
class NotPossible:
    """This choice cannot be carried out; the reason is for the page."""

    reason: str


Chosen = Agree | Pull | PullNew | PullGone | Close | Moved | NotPossible


def choose(link: LinkState, answer: Answer, rules: Rules) -> Chosen:
    """The step that carries the choice out; do it like any other, with `done`, and plan again."""
    if link.closed is not None or link.parked is None or link.parked.reason in _NOTHING_TO_CHOOSE:
        return NotPossible("there is nothing to choose here")
    if fingerprints(link) != (answer.ours, answer.theirs):
        return Moved()
    theirs = None if link.theirs is None else link.theirs.said
    if not isinstance(link.ours, Snapshot):
        return NotPossible("both sides have deleted it") if theirs is None else _alive(answer.choice, rules, theirs)
    if theirs is None:
        return _kept_or_gone(link, answer.choice, rules)
    if answer.choice is Choice.THEIRS:
        return _theirs(link.ours, theirs, fields.flow(link.theirs, rules), rules)
    return _ours(link, link.ours, theirs, rules)


def _kept_or_gone(link: LinkState, choice: Choice, rules: Rules) -> Chosen:
    """A booking here, nothing there. Kept: made again where it is ours to make, else closed."""
    if choice is Choice.THEIRS:
        return PullGone()
    ours_to_make = rules.may_create and rules.direction in (Direction.BOTH, Direction.UP)
    if ours_to_make and (link.theirs is None or link.theirs.may_write):
        return Agree(link.agreed, again=True)
    return Close(KEPT_HERE_ONLY)


def _alive(choice: Choice, rules: Rules, theirs: Snapshot) -> Chosen:
    """Nothing here, an event there. Ours: agreed on both halves, so that the next plan takes the event away."""
    words = fields.in_our_words(theirs, None, rules)
    if choice is Choice.THEIRS:
        return PullNew(words, Pair(words, theirs))
    return Agree(Pair(words, theirs))


def _theirs(ours: Snapshot, theirs: Snapshot, flow: fields.Flow, rules: Rules) -> Chosen:
    words = fields.in_our_words(theirs, ours, rules)
    after = fields.take(ours, words, flow.into)
    lost = (Conflict(None, ours, theirs, "theirs"),)
    return Pull(fields.changed(ours, after, flow.into), after, Pair(after, theirs), lost)


def _ours(link: LinkState, ours: Snapshot, theirs: Snapshot, rules: Rules) -> Chosen:
    """Agreed is ours with their changes taken, and theirs; so the next plan pushes just what was contested."""
    if writable(link.theirs) is None or rules.direction is Direction.DOWN:
        return NotPossible("the event is not ours to change")
    flow = fields.flow(link.theirs, rules)
    lost = (Conflict(None, ours, theirs, "ours"),)
    base, their_base = link.agreed.ours or ours, link.agreed.theirs or theirs
    if link.agreed == NOTHING:
        return Agree(Pair(fields.take(ours, fields.in_our_words(theirs, ours, rules), flow.into), theirs), lost)
    their = fields.changed(their_base, theirs, flow.into)
    edits = Edits(base, ours, fields.changed(base, ours, flow.out), their_base, theirs, their)
    merged = merge(edits, _ours_first(rules))
    assert merged is not None, "only a mapping that asks leaves a merge undone"
    if link.parked is not None and link.parked.reason in _WHOLE:
        return Agree(merged.pair, lost)
    if not merged.fields:
        return Agree(merged.pair, lost)
    return Pull(merged.fields, merged.after, merged.pair, lost)


def _ours_first(rules: Rules) -> Rules:
    return Rules(zone=rules.zone, direction=rules.direction, may_create=rules.may_create, both_edited=Winner.OURS)
