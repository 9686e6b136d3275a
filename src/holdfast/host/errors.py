"""What can go wrong around the process itself.

HostError
├── DatabaseUnavailable     PostgreSQL cannot be started or reached
│   ├── DatabaseDisagrees   the files or the server are of another version than ours
│   └── RoleTooMighty       the app's role could step over the wall between workspaces
├── ConfigurationInvalid    settings that cannot work, all reported together
├── AlreadyRunning          a second supervisor in one state directory
├── GaveUp                  a process died again and again
├── ToolMissing             a program that is needed cannot be found or failed
└── ArchiveUnfit            a backup that cannot be restored here
"""

from dataclasses import dataclass


class HostError(Exception):
    """Holdfast cannot run here."""

    def __str__(self) -> str:
        return super().__str__() or (type(self).__doc__ or "")


class DatabaseUnavailable(HostError):
    """The database cannot be started or reached."""


class DatabaseDisagrees(DatabaseUnavailable):
    """The database's files were written by another version of PostgreSQL."""


class RoleTooMighty(DatabaseUnavailable):
    """The app's database role could step over the wall between workspaces."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot work: its name, its value as it may be shown, what is wrong, what to do."""

    setting: str
    shown: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        value = f" = {self.shown}" if self.shown else ""
        return f"{self.setting}{value}: {self.wrong} {self.remedy}"


class ConfigurationInvalid(HostError):
    """Some settings cannot work."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 setting" if len(problems) == 1 else f"{len(problems)} settings"
        super().__init__("\n".join([f"{count} cannot work:", *(f"  - {problem}" for problem in problems)]))


class AlreadyRunning(HostError):
    """Holdfast is already running in this state directory."""


class GaveUp(HostError):
    """A process of Holdfast died again and again."""


class ToolMissing(HostError):
    """A program that is needed here cannot be found or failed."""


class ArchiveUnfit(HostError):
    """This archive cannot be restored here."""
