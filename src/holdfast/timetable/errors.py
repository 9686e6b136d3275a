"""The errors of `timetable`.

TimetableError
├── UnknownZone     a zone name that no table knows
└── ImpossibleTime  a time that cannot be: the end before the start, outside the years, no midnight
"""


class TimetableError(Exception):
    """The time cannot be understood."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class UnknownZone(TimetableError):
    """The time zone is not known. Use an IANA name such as Europe/Helsinki or a Windows name."""

    def __init__(self, name: str) -> None:
        shown = name[:60]
        super().__init__(f"The time zone {shown!r} is not known. Use an IANA name such as Europe/Helsinki.")
        self.name = name


class ImpossibleTime(TimetableError):
    """The time is not possible."""
