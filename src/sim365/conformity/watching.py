"""The switch for every simulator of this process, and where violations are kept until somebody asks.

A violation does not change the answer: a client that swallows errors would hide it. It is kept instead, and
`raise_violations` is called when a test ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class AnswerBreaksTypesError(AssertionError):
    """The simulator answered what Microsoft's types do not allow."""


@dataclass(slots=True)
class _Watch:
    on: bool = False
    kept: list[str] = field(default_factory=list[str])


_WATCH = _Watch()


def watch_everything() -> None:
    """From now on every new simulator of this process checks each of its answers."""
    _WATCH.on = True


def is_watching() -> bool:
    """Whether new simulators check their answers."""
    return _WATCH.on


def report(violation: str) -> None:
    """Keep a violation until somebody asks."""
    _WATCH.kept.append(violation)


def raise_violations() -> None:
    """AnswerBreaksTypesError, with everything that was kept since the last time."""
    kept = list(_WATCH.kept)
    _WATCH.kept.clear()
    if kept:
        raise AnswerBreaksTypesError("\n".join(dict.fromkeys(kept)))


@contextmanager
def kept_apart() -> Iterator[list[str]]:
    """Violations within are for the caller alone."""
    before = _WATCH.kept
    _WATCH.kept = apart = list[str]()
    try:
        yield apart
    finally:
        _WATCH.kept = before
