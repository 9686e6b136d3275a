"""Events that are nobody's yet: whose are they?

This module decides whether a link claims another event (a zombie's late create), and which strangers may be the events
of bookings that were never tied. It must not write: it proposes. An extra is deleted only while it says exactly what we
sent; once a person edited it, or anybody is invited to it, a person decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from holdfast.reconcile import fields
from holdfast.reconcile.link import LinkState, Sight
from holdfast.reconcile.resting import fingerprint
from holdfast.reconcile.snapshot import Snapshot
from holdfast.reconcile.steps import Writable, writable

_PREFIX = "holdfast"


def transaction_id(key: str, generation: int) -> str:
    """The identity of a create: (link, generation)."""
    return f"{_PREFIX}/{key}/{generation}"


def made_by(transaction: str) -> tuple[str, int] | None:
    """The (link key, generation) that a transaction id names, or None where it is not one of ours."""
    prefix, _, rest = transaction.partition("/")
    key, _, generation = rest.rpartition("/")
    if prefix != _PREFIX or not key or not generation.isdecimal():
        return None
    return key, int(generation)


@dataclass(frozen=True, slots=True)
class NotMine:
    """Not made by this link, or acknowledged before: a stranger to it."""


@dataclass(frozen=True, slots=True)
class RemoveExtra:
    """A second event of this link which nobody touched: DELETE with If-Match."""

    target: Writable


@dataclass(frozen=True, slots=True)
class KeepExtra:
    """A second event of this link that a person edited, or that is not ours to write: park it as `extra`."""

    sight: Sight


Claim = NotMine | RemoveExtra | KeepExtra


def claim(link: LinkState, sight: Sight) -> Claim:
    """What becomes of an event that carries a transaction id and is not the link's event.

    Every link claims, alive or at None: an answer may come late long after its generation was deleted.
    """
    made = made_by(sight.transaction_id)
    if made is None or made[0] != link.key or sight.event_id in link.known or sight.said is None:
        return NotMine()
    target = writable(sight)
    if target is None or sight.said.people or not _is_untouched(link, made[1], sight.said):
        return KeepExtra(sight)
    return RemoveExtra(target)


def _is_untouched(link: LinkState, generation: int, said: Snapshot) -> bool:
    """True where the event still says what the create of this generation sent."""
    return 0 < generation <= len(link.made) and link.made[generation - 1] == fingerprint(said)


class MatchedBy(Enum):
    """How sure a proposal is."""

    TRANSACTION = "transaction"
    MARKER = "marker"
    LIKENESS = "likeness"  # same start, end and title: only ever proposed, never done by itself


@dataclass(frozen=True, slots=True)
class Proposal:
    """This event may be the event of that booking."""

    key: str
    event_id: str
    by: MatchedBy


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the first sync would tie together, and the event ids that are too many alike to tell."""

    matched: tuple[Proposal, ...]
    ambiguous: tuple[str, ...]


def propose(
    unbound: Mapping[str, Snapshot], strangers: Iterable[Sight], *, marked: Mapping[str, str] | None = None
) -> Proposals:
    """Ties between bookings without event (by link key) and events without link; `marked` says whose marker an event
    carries. One booking gets one event: of several alike none is guessed (Z-D17, Z-D19).
    """
    known, alike = dict(marked or {}), _by_likeness(unbound)
    sure: dict[str, Proposal] = {}
    candidates: dict[str, list[str]] = defaultdict(list)
    for sight in strangers:
        found = _sure(sight, unbound, known)
        if found is not None and found.key not in sure:
            sure[found.key] = found
        elif sight.said is not None:
            for key in alike.get(_likeness(sight.said), ()):
                candidates[key].append(sight.event_id)
    matched, ambiguous = list(sure.values()), set[str]()
    for key, ids in candidates.items():
        if key in sure:
            continue
        if len(ids) == 1 and len(alike[_likeness(unbound[key])]) == 1:
            matched.append(Proposal(key, ids[0], MatchedBy.LIKENESS))
        else:
            ambiguous.update(ids)
    return Proposals(tuple(matched), tuple(sorted(ambiguous)))


def _sure(sight: Sight, unbound: Mapping[str, Snapshot], marked: Mapping[str, str]) -> Proposal | None:
    made = made_by(sight.transaction_id)
    if made is not None and made[0] in unbound:
        return Proposal(made[0], sight.event_id, MatchedBy.TRANSACTION)
    key = marked.get(sight.event_id)
    if key is not None and key in unbound:
        return Proposal(key, sight.event_id, MatchedBy.MARKER)
    return None


def _by_likeness(unbound: Mapping[str, Snapshot]) -> dict[object, list[str]]:
    result: dict[object, list[str]] = defaultdict(list)
    for key, snapshot in unbound.items():
        result[_likeness(fields.read_back(snapshot))].append(key)
    return result


def _likeness(snapshot: Snapshot) -> object:
    readable = fields.read_back(snapshot)
    return (*readable.when.instants(), readable.when.all_day, readable.title.casefold())
