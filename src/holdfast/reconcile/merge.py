"""Two sides that changed the same booking: what both say afterwards.

This module decides, field by field and by the one table, what our booking becomes and what is agreed then. It must not
decide whether anything may be written (`plan`) and must not touch the other side: a merge happens here, through a verb,
and *rebases*: agreed takes theirs for every field that theirs changed and the rules accepted, so what our booking still
differs by is our own edit and the next plan is a plain push.
"""

from dataclasses import dataclass

from holdfast.reconcile import fields, sets
from holdfast.reconcile.rules import Rules, Winner
from holdfast.reconcile.snapshot import Field, Pair, Snapshot
from holdfast.reconcile.steps import Conflict


@dataclass(frozen=True, slots=True)
class Edits:
    """Both sides, both halves of what they agreed, and which fields each side changed since."""

    base: Snapshot  # our half
    ours: Snapshot
    mine: tuple[Field, ...]
    their_base: Snapshot  # their half
    theirs: Snapshot
    accepted: tuple[Field, ...]  # what theirs changed and the rules accepted


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge makes: our booking, the agreement, and every value that was overwritten."""

    after: Snapshot
    pair: Pair
    fields: tuple[Field, ...]  # in which our booking changes
    conflicts: tuple[Conflict, ...]


def merge(edits: Edits, rules: Rules) -> Merged | None:
    """The merge, or None where the mapping wants a person to choose."""
    contested = contested_fields(edits)
    if contested and rules.both_edited is Winner.ASK:
        return None
    words = fields.in_our_words(edits.theirs, edits.ours, rules)
    agreeing = _agreeing(edits)
    kept = tuple(
        name
        for name in contested
        if not fields.ROWS[name].is_set and fields.ours_wins(name, edits.ours, edits.theirs, rules.both_edited)
    )
    coming = tuple(name for name in edits.accepted if name not in kept and name not in agreeing)
    after = fields.moved(edits.their_base, words, edits.ours, coming)
    base = fields.moved(edits.their_base, words, edits.base, edits.accepted)
    return Merged(
        after=after,
        pair=Pair(fields.take(base, edits.ours, agreeing), fields.take(edits.their_base, edits.theirs, edits.accepted)),
        fields=fields.changed(edits.ours, after, edits.accepted),
        conflicts=tuple(
            Conflict(name, edits.ours, edits.theirs, "ours" if name in kept else "theirs") for name in contested
        ),
    )


def contested_fields(edits: Edits) -> tuple[Field, ...]:
    """The fields that both sides changed, and not to the same. A value of ours that came back is not among them."""
    readable = fields.read_back(edits.ours)
    return tuple(name for name in edits.accepted if name in edits.mine and _differ(name, edits, readable))


def _differ(name: Field, edits: Edits, readable: Snapshot) -> bool:
    key = fields.ROWS[name].key
    if key is None:
        return getattr(readable, name) != getattr(edits.theirs, name)
    halves = getattr(edits.their_base, name), getattr(readable, name), getattr(edits.theirs, name)
    return sets.contradict(*halves, key=key)


def _agreeing(edits: Edits) -> tuple[Field, ...]:
    """The fields that both sides changed to the same: our own words stay, and nothing is left to push."""
    readable = fields.read_back(edits.ours)
    return tuple(
        name
        for name in edits.accepted
        if name in edits.mine and fields.same(name, getattr(readable, name), getattr(edits.theirs, name))
    )
