"""Writes that were sent: how an offer is saved, and what its answer does.

Signatures first; see each function.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from holdfast.reconcile.link import LinkState, Offer, Sight
from holdfast.reconcile.steps import Decline, Push


class Failure(StrEnum):
    """How a write failed, reduced to what the link needs to know."""

    UNKNOWN = "unknown"  # no answer, a 5xx, a broken body: it may have landed
    MOVED = "moved"  # 412: the etag is gone
    NOT_THERE = "not_there"  # 404 ErrorItemNotFound
    USED = "used"  # ErrorDuplicateTransactionId: the create landed once, with another body
    REJECTED = "rejected"  # a lasting 4xx: it did not land and never will


@dataclass(frozen=True, slots=True)
class Landed:
    """2xx with the event as it now is; None for 204 and 202."""

    sight: Sight | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The write did not answer with success."""

    failure: Failure
    detail: str = ""


Response = Landed | Failed


def send(link: LinkState, step: Push | Decline, *, now: datetime) -> tuple[LinkState, Offer]:
    """The link with the offer saved, to be stored before the request leaves; fill in the offer's body with `with_body`."""
    raise NotImplementedError


def with_body(link: LinkState, offer: Offer, body: str) -> LinkState:
    """The link with the request body kept beside its offer, exactly as it will be sent."""
    raise NotImplementedError


def answer(link: LinkState, number: int, response: Response, *, now: datetime) -> LinkState:
    """The link after the answer to the offer of this number."""
    raise NotImplementedError
