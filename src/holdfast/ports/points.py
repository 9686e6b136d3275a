"""Places where a run may be interrupted: around each commit and each request to Microsoft.

In production nothing listens. A simulated world installs a listener that hands its baton to another actor or raises a
`BaseException` there: a crash. `AFTER_COMMIT` is passed with no transaction open, `BEFORE_COMMIT` with one.
"""

from collections.abc import Callable

BEFORE_COMMIT = "before commit"
AFTER_COMMIT = "after commit"


def _nobody(_name: str) -> None:
    return


_listener: Callable[[str], None] = _nobody


def listen(listener: Callable[[str], None] | None) -> None:
    """Install the one listener, or none."""
    global _listener  # noqa: PLW0603  one door for the whole process is the point of it
    _listener = listener or _nobody


def passed(name: str) -> None:
    _listener(name)
