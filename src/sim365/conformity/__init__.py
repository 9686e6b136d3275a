"""Whether what the service answers fits Microsoft's published types.

    types.txt      the types, restated; read once, when somebody first asks
    schema         the types as objects
    formats        what a primitive value looks like in JSON
    checkers       one compiled check for each type
    paths          which type a path answers with, walked along the types themselves
    answers        the check of one answer, and of one notice
    watching       the switch, and where violations are kept

A `Simulator` made with `check_types=True`, or after `watch_everything()`, checks each of its answers. A violation is
kept in the simulator's `bugs` and here, so that a test fails whose client swallows errors.
"""

from typing import TYPE_CHECKING

from sim365.conformity.watching import (
    AnswerBreaksTypesError,
    is_watching,
    kept_apart,
    raise_violations,
    report,
    watch_everything,
)

if TYPE_CHECKING:
    from sim365.http.requests import Answer, Request

__all__ = [
    "AnswerBreaksTypesError",
    "complaints",
    "is_watching",
    "kept_apart",
    "notice_complaints",
    "raise_violations",
    "report",
    "watch_everything",
]


def complaints(request: "Request", answer: "Answer") -> list[str]:
    """What in an answer does not fit the types; each line names its place."""
    from sim365.conformity import answers  # noqa: PLC0415  the types are read only where somebody asks

    return answers.complaints(request, answer)


def notice_complaints(notice: object) -> list[str]:
    """What in the body of a webhook's POST does not fit the types."""
    from sim365.conformity import answers  # noqa: PLC0415  see above

    return answers.notice_complaints(notice)
