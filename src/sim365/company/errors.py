"""What can be wrong with a company file.

CompanyError
└── CompanyFileError    the file cannot be used; holds every problem found, each with line and field
"""

from __future__ import annotations

from dataclasses import dataclass

#: A message with more lines than this would hide its beginning; the rest are counted.
PROBLEMS_SHOWN_MAX = 60


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: where it stands, in which field, and what to write instead."""

    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        return (
            f"line {self.line}, {self.field}: {self.sentence}" if self.field else f"line {self.line}: {self.sentence}"
        )


class CompanyError(Exception):
    """The company cannot be built."""


class CompanyFileError(CompanyError):
    """The company file has problems; all of them are listed."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = sorted(problems)
        shown = [f"  {problem}" for problem in self.problems[:PROBLEMS_SHOWN_MAX]]
        if len(problems) > PROBLEMS_SHOWN_MAX:
            shown.append(f"  … and {len(problems) - PROBLEMS_SHOWN_MAX} more")
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{name} has {count}:", *shown]))
