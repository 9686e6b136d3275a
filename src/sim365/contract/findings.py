"""What a check says: it holds, it differs, or it was not tried; for a question with a switch, what that should be.

A check that is told nonsense must not say that anything holds: it looks for what it expects, never only for what it
does not.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sim365.switches import Switches

if TYPE_CHECKING:
    from sim365.contract.ground import Ground


class Outcome(enum.StrEnum):
    """The three words of a result."""

    HOLDS = "holds"
    DIFFERS = "differs"
    NOT_TRIED = "not tried"


class Need(enum.Enum):
    """What a check cannot do without, besides one person's mailbox."""

    GUEST = "a second person's mailbox"
    ROOM = "a room's mailbox"
    WEBHOOK = "a public https address that answers Microsoft's validation (--webhook)"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen, and whether it is what the behaviour says."""

    holds: bool
    saw: str


@dataclass(frozen=True, slots=True)
class Shows:
    """What was seen, and the value that the switch must have to behave so."""

    value: bool | float
    saw: str


@dataclass(frozen=True, slots=True)
class Cost:
    """The most that a check needs, removal not counted; `mails` are all that it causes, cancellations included."""

    requests: int
    creates: int = 0
    mails: int = 0


Ask = Callable[["Ground"], "Finding | Shows"]


@dataclass(frozen=True, slots=True)
class Check:
    """One question to the service."""

    name: str
    says: str
    """The behaviour, in one sentence."""
    section: str
    keys: tuple[str, ...]
    """The behaviours of `sim365.modelled` that the answer is about."""
    cost: Cost
    ask: Ask
    needs: frozenset[Need]
    switch: str


CHECKS: dict[str, Check] = {}
"""Every check by name, in the order in which they are asked."""


def check(
    says: str,
    *,
    section: str,
    keys: tuple[str, ...] = (),
    requests: int,
    creates: int = 0,
    mails: int = 0,
    needs: tuple[Need, ...] = (),
    switch: str = "",
) -> Callable[[Ask], Ask]:
    """Enter a function into the list of checks; its name is the check's, with hyphens."""

    def enter(ask: Ask) -> Ask:
        name = ask.__name__.replace("_", "-")
        if name in CHECKS:
            message = f"two checks are called {name}"
            raise ValueError(message)
        if switch and switch not in {field.name for field in fields(Switches)}:
            message = f"{name} asks about the switch {switch}, which there is not"
            raise ValueError(message)
        cost = Cost(requests, creates, mails)
        CHECKS[name] = Check(name, says, section, keys, cost, ask, frozenset(needs), switch)
        return ask

    return enter
