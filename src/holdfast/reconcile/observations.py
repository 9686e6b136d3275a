"""What an observation does to a link: the order of observations, and what is believed.

Signatures first; see `observe`.
"""

from dataclasses import dataclass
from enum import StrEnum

from holdfast.reconcile.link import LinkState, Sight


class Source(StrEnum):
    """Where an observation comes from. Only a GET reads our marker, and only a GET is the last word."""

    DELTA = "delta"
    ROUND = "round"  # a complete round, calendarView or verify
    GET = "get"


@dataclass(frozen=True, slots=True)
class Seen:
    """The event was delivered."""

    sight: Sight
    source: Source


@dataclass(frozen=True, slots=True)
class Missing:
    """A removal in a delta, or an absence from a complete round: a question, never an answer."""

    event_id: str
    source: Source


@dataclass(frozen=True, slots=True)
class Gone:
    """A GET by id answered ErrorItemNotFound: the event is confirmed to be absent."""

    event_id: str


Observation = Seen | Missing | Gone


class Outcome(StrEnum):
    """What became of an observation; each is counted."""

    TAKEN = "taken"  # theirs moved: plan again
    SAME = "same"  # nothing new
    OLDER = "older"  # dropped: older than what is held
    ASK = "ask"  # one GET by id is needed (link.must_look is set)
    OTHER = "other"  # the id is not the link's event: see `claims`
    CLOSED = "closed"  # the link is closed: dropped


def observe(link: LinkState, observation: Observation) -> tuple[LinkState, Outcome]:
    """The link after the observation, and what became of it."""
    raise NotImplementedError
