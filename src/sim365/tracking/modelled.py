"""What is modelled of finding changes: calendarView/delta and its tokens."""

from sim365.modelled import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "delta-token-keeps-window",
        "4",
        "D",
        "A delta token keeps the window of the request that began the round; the window cannot be changed later.",
    ),
)
