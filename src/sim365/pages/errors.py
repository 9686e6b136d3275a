"""What the pages refuse.

PageError
├── NoSuchPage      the address names nothing here
└── BadForm         the form cannot be used; holds a sentence per field
"""

from __future__ import annotations

from collections.abc import Mapping


class PageError(Exception):
    """The page cannot be shown."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class NoSuchPage(PageError):
    """There is nothing at this address."""


class BadForm(PageError):
    """Some fields need another value."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)
