"""What can go wrong with a transaction.

Repeat   the transaction met another one; doing it again may succeed
Busy     it was repeated as often as is sensible
"""


class Repeat(Exception):
    """The transaction met another one; it is to be repeated from its start."""


class Busy(Exception):
    """Too many people are changing this at the same moment; try again in a moment."""
