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

from sim365.conformity.answers import complaints, notice_complaints
from sim365.conformity.watching import (
    AnswerBreaksTypesError,
    is_watching,
    kept_apart,
    raise_violations,
    report,
    watch_everything,
)

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
