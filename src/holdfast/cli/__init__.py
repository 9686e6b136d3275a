"""The command line. Decides how a person at a terminal speaks to Holdfast: one module for each noun.

Commands call the same verbs as the web and the API; they decide nothing about bookings. `frame` holds the group and the
one door at which errors become sentences and exit codes.
"""

from holdfast.cli.frame import main

__all__ = ["main"]
