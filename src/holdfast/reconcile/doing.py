"""The link after a step was done that needs no answer from Microsoft, or after our booking changed.

This module decides what is agreed after a verb. Writes to Microsoft are `offers`: those are saved before and answered.
"""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from holdfast.reconcile import fields
from holdfast.reconcile.link import Closed, Kind, LinkState, Ours
from holdfast.reconcile.offers import with_id
from holdfast.reconcile.resting import parked_as
from holdfast.reconcile.snapshot import NOTHING, Pair, Snapshot
from holdfast.reconcile.steps import Agree, Close, Park, Pull, PullGone, PullNew, Taking


def done(
    link: LinkState,
    step: Agree | Taking | Park | Close,
    *,
    now: datetime,
    result: Snapshot | None = None,
    who: str = "rule",
) -> LinkState:
    """The link after the step; `result` is the booking after the verb, where the verb made anything else of `after`."""
    match step:
        case Agree(pair, again=again):
            return _made_again(link) if again else _agreed(link, pair)
        case PullNew(after, pair):
            ours = result or after
            return replace(_agreed(link, Pair(ours, pair.theirs)), ours=ours, known=_known(link))
        case Pull():
            return _pulled(link, step, result or step.after)
        case PullGone():
            return _agreed(replace(link, ours=None), NOTHING)
        case Park(reason, until, detail):
            return replace(link, parked=parked_as(link, reason, now=now, until=until, detail=detail))
        case Close(reason):
            return replace(link, closed=Closed(reason, who, now), parked=None)
        case _ as never:
            assert_never(never)


def edited(link: LinkState, ours: Ours) -> LinkState:
    """The link after our booking says something else. What it says to Outlook by its state: see `says`."""
    return link if ours == link.ours else replace(link, ours=ours)


def unparked(link: LinkState) -> LinkState:
    """The link after a person said to try again."""
    return replace(link, parked=None)


def _agreed(link: LinkState, pair: Pair) -> LinkState:
    """When both say it is over, no conditional write is left to land; an open create stays a claim."""
    if pair == NOTHING:
        link = _without_conditional(link)
    return replace(link, agreed=pair, parked=None)


def _made_again(link: LinkState) -> LinkState:
    """The event is looked for once more first: should somebody have restored it meanwhile, our edits go there, and
    what was agreed still tells them from theirs.
    """
    return replace(_without_conditional(link), parked=None, again=True, must_look=link.theirs is not None)


def _without_conditional(link: LinkState) -> LinkState:
    return replace(link, offers=tuple(one for one in link.offers if one.kind is Kind.CREATE))


def _pulled(link: LinkState, step: Pull, ours: Snapshot) -> LinkState:
    """Where a verb made something else of a value (rounded it, say), its result is our half of the agreement."""
    assert step.pair.ours is not None, "a pull agrees on a booking"
    adapted = fields.changed(step.after, ours, step.fields)
    half = fields.take(step.pair.ours, ours, adapted)
    return replace(_agreed(link, Pair(half, step.pair.theirs)), ours=ours)


def _known(link: LinkState) -> tuple[str, ...]:
    return link.known if link.theirs is None else with_id(link.known, link.theirs.event_id)
