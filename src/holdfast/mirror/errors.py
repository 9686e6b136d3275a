"""What can go wrong in the mirror, by whose fault it is.

MirrorError
├── Refused                a person asked for something that cannot be; the sentence says the remedy
│   ├── NotReachable       the probe of a connection or mailbox failed
│   └── AnswerOutdated     the pair moved since the question was shown
├── NotUnderstood          an event has a part that this version does not know
└── TendingEnded           this worker may not go on with this mailbox
    ├── LeaseLost          another worker took the lease: nothing may be committed
    └── Overtaken          a booking changed while it was being settled: plan again
"""

from holdfast.database.errors import Repeat


class MirrorError(Exception):
    """Bookings and events could not be brought into step."""

    def __init__(self, what: str | None = None) -> None:
        super().__init__(what or (type(self).__doc__ or "").strip())


class Refused(MirrorError):
    """This cannot be done as asked."""

    code = "refused"


class NotReachable(Refused):
    """Microsoft does not let us reach this mailbox."""

    code = "not_reachable"


class AnswerOutdated(Refused):
    """One of the two sides has changed since the question was asked; please look again and choose anew."""

    code = "answer_outdated"


class NotUnderstood(MirrorError):
    """This event cannot be read."""


class TendingEnded(MirrorError):
    """This worker may not go on with this mailbox."""


class LeaseLost(TendingEnded):
    """Another worker tends this mailbox now."""


class Overtaken(TendingEnded, Repeat):
    """A booking changed while it was being settled."""
