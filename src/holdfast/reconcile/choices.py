"""A person's answer to a parked link. Signature first; see `choose`."""

from dataclasses import dataclass
from enum import StrEnum

from holdfast.reconcile.link import LinkState
from holdfast.reconcile.steps import Agree, Close, Pull, PullGone, PullNew


class Choice(StrEnum):
    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Answer:
    """The choice, and the fingerprints of the pair the person was shown."""

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


def choose(link: LinkState, answer: Answer) -> Agree | Pull | PullNew | PullGone | Close | Moved | NotPossible:
    """The step that carries the choice out; do it like any other, with `done`."""
    raise NotImplementedError
