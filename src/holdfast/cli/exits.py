"""What a command's exit code says. Decides the closed set; the reference page of the command line lists it."""

from enum import IntEnum


class Exit(IntEnum):
    """One code, one meaning, for scripts."""

    DONE = 0
    NOT_IN_ORDER = 1
    USAGE = 2
    SETTINGS = 3
    SURROUNDINGS = 4
    REFUSED = 5
    MICROSOFT = 6
    BROKEN = 70
    INTERRUPTED = 130


MEANINGS = {
    Exit.DONE: "Done, and everything is in order.",
    Exit.NOT_IN_ORDER: "Done, and what was looked at is not in order: differences, failed checks, open questions.",
    Exit.USAGE: "The command line could not be understood; `--help` shows how it goes.",
    Exit.SETTINGS: "Some settings cannot work; all of them were named.",
    Exit.SURROUNDINGS: "The database, a port, a program or another running Holdfast is in the way.",
    Exit.REFUSED: "Holdfast understood and refused: the sentence says why and what to do.",
    Exit.MICROSOFT: "Microsoft 365 could not be reached or refused us.",
    Exit.BROKEN: "A fault of ours. The log has the details under the number shown.",
    Exit.INTERRUPTED: "Stopped by Ctrl-C.",
}
