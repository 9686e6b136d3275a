"""A YAML document whose every value knows its line, so that each complaint can name it.

Decides how single values are read (text, number, list, choice) and remembers what was wrong instead of stopping: the
person who mends the file wants the whole list at once. It knows nothing about companies.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import yaml

from sim365.company.errors import Problem

#: A tenant of ten thousand mailboxes takes about 2 MB; more is a mistake.
FILE_BYTES_MAX = 16 * 1024 * 1024


class Nothing:
    """Stands for a value that was not given, where None would be a value."""


NOTHING = Nothing()


@dataclass(slots=True)
class Field:
    """One value of the document: where it stands, what it is called, and where its problems go."""

    node: yaml.Node
    name: str
    problems: list[Problem]

    @property
    def line(self) -> int:
        return self.node.start_mark.line + 1

    def wrong(self, sentence: str) -> None:
        """Note a problem of this value."""
        self.problems.append(Problem(self.line, self.name, sentence))

    def text(self, *, longest: int = 255) -> str:
        """A text that is not empty; the empty text after a problem was noted."""
        value = self._scalar()
        if isinstance(value, bool) or not isinstance(value, str | int | float | date | time):
            self.wrong("must be a text.")
            return ""
        text = self.node.value.strip() if isinstance(self.node, yaml.ScalarNode) else str(value)
        if not text:
            self.wrong("must not be empty.")
        elif len(text) > longest:
            self.wrong(f"is {len(text)} characters long; {longest} are allowed.")
        elif not text.isprintable():
            self.wrong("contains characters that cannot be shown, such as a line break or a NUL.")
        return text

    def number(self, *, least: int, most: int) -> int:
        value = self._scalar()
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong("must be a whole number.")
            return least
        if not least <= value <= most:
            self.wrong(f"must lie between {least} and {most}; it is {value}.")
        return value

    def flag(self) -> bool:
        value = self._scalar()
        if not isinstance(value, bool):
            self.wrong("must be true or false.")
            return False
        return value

    def choice(self, allowed: Collection[str]) -> str:
        value = self.text()
        if value and value not in allowed:
            self.wrong(f"'{value}' is not one of {', '.join(allowed)}.{_meant(value, allowed)}")
            return next(iter(allowed))
        return value

    def clock(self) -> time:
        """A time of day, written "09:30". YAML takes 9:30 for a number, so the node's own text counts."""
        try:
            return time.fromisoformat(self.text().zfill(5))
        except ValueError:
            self.wrong('must be a time of day such as "09:30".')
            return time(0)

    def moment(self) -> datetime | None:
        """A date, or a date and time with its offset from UTC."""
        try:
            moment = datetime.fromisoformat(self.text())
        except ValueError:
            self.wrong("must be a date such as 2027-03-01, or with time and zone 2027-03-01T08:00:00+00:00.")
            return None
        if moment.tzinfo is None and moment.time() != time(0):
            self.wrong("names a time without a zone; add +00:00 or another offset.")
            return None
        return moment

    def items(self) -> Iterator[Field]:
        """The entries of a list; a single value stands for a list of one."""
        if isinstance(self.node, yaml.SequenceNode):
            for position, node in enumerate(self.node.value, start=1):
                yield Field(node, f"{self.name}[{position}]", self.problems)
        elif isinstance(self.node, yaml.MappingNode):
            self.wrong("must be a list: begin each entry with a dash.")
        elif self._scalar() is not None:
            yield self

    def texts(self) -> tuple[str, ...]:
        return tuple(text for item in self.items() if (text := item.text()))

    def section(self, allowed: Collection[str]) -> Section:
        """A mapping with known names; unknown ones are problems, with a guess at what was meant."""
        if not isinstance(self.node, yaml.MappingNode):
            self.wrong(f"must be a group of settings: {', '.join(allowed)}.")
            return Section(self, {})
        found: dict[str, Field] = {}
        for key, value in self.node.value:
            name = str(key.value)
            place = Field(key, f"{self.name}.{name}" if self.name else name, self.problems)
            if name not in allowed:
                place.wrong(f"is not known here.{_meant(name, allowed)}")
            elif name in found:
                place.wrong("is given twice.")
            else:
                found[name] = Field(value, place.name, self.problems)
        return Section(self, found)

    def _scalar(self) -> Any:
        if not isinstance(self.node, yaml.ScalarNode):
            return NOTHING
        try:
            return yaml.SafeLoader("").construct_object(self.node)  # pyright: ignore[reportUnknownMemberType]
        except (yaml.YAMLError, ValueError):
            return NOTHING


@dataclass(slots=True)
class Section:
    """A group of settings by name."""

    place: Field
    fields: dict[str, Field]

    def get(self, name: str) -> Field | None:
        """The setting, if it was given and is not null."""
        found = self.fields.get(name)
        return None if found is None or _is_null(found.node) else found

    def need(self, name: str) -> Field | None:
        """The setting; its absence is a problem."""
        found = self.get(name)
        if found is None:
            self.place.wrong(f"'{name}' is missing.")
        return found

    def text(self, name: str, *, needed: bool = False) -> str:
        found = self.need(name) if needed else self.get(name)
        return "" if found is None else found.text()

    def optional_text(self, name: str) -> str | None:
        return self.text(name) or None

    def number(self, name: str, *, least: int, most: int) -> int | None:
        found = self.get(name)
        return None if found is None else found.number(least=least, most=most)

    def flag(self, name: str, *, otherwise: bool) -> bool:
        found = self.get(name)
        return otherwise if found is None else found.flag()

    def choice(self, name: str, allowed: Collection[str], *, otherwise: str) -> str:
        found = self.get(name)
        return otherwise if found is None else found.choice(allowed)

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.get(name)
        return () if found is None else found.texts()

    def items(self, name: str) -> Iterator[Field]:
        found = self.get(name)
        return iter(()) if found is None else found.items()


def read_document(text: str, problems: list[Problem]) -> Field | None:
    """The document's root; None where it is not YAML at all, with the parser's own complaint noted."""
    if len(text) > FILE_BYTES_MAX:
        problems.append(Problem(1, "", f"the file is larger than {FILE_BYTES_MAX} bytes."))
        return None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(line, "", f"this is not YAML: {error.problem or error.context}."))
        return None
    except RecursionError:
        problems.append(Problem(1, "", "this is not a company: it is nested too deeply."))
        return None
    except yaml.YAMLError as error:
        problems.append(Problem(1, "", f"this is not YAML: {error}."))
        return None
    if node is None:
        problems.append(Problem(1, "", "the file is empty."))
        return None
    return Field(node, "", problems)


def _is_null(node: yaml.Node) -> bool:
    return node.tag == "tag:yaml.org,2002:null"


def _meant(name: str, allowed: Collection[str]) -> str:
    close = difflib.get_close_matches(name, allowed, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
