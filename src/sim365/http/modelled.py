"""What is modelled of the wire itself: paths, bodies and preferences as clients send them (FACTS 0)."""

from sim365.modelled import Behaviour, Gap

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "cast-by-alias",
        "0",
        "C",
        "A cast in a path names its type by the whole namespace or by its alias, graph.",
    ),
    Behaviour(
        "flags-as-text",
        "0",
        "D21",
        "A Boolean in a body may come as the text true or false.",
    ),
    Behaviour(
        "expanded-contexts",
        "0",
        "D21",
        "A collection that is expanded with an event carries a context of its own.",
    ),
    Behaviour(
        "preferences-without-value",
        "0.1",
        "K",
        "A preference may stand without a value; what is not known is not applied.",
    ),
)

GAPS: tuple[Gap, ...] = (Gap("the beta endpoint"),)
