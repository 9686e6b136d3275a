"""Mappings as people name them at a terminal: by their resource's name or address, or by an id.

Decides which mapping a word means, and refuses where it could mean several. It changes nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

if TYPE_CHECKING:
    from holdfast.directory.models import Resource, Workspace
    from holdfast.mirror.models import Mapping


@dataclass(frozen=True, slots=True)
class Mapped:
    """A living mapping with the names that people know it by."""

    mapping: "Mapping"
    resource: str

    @property
    def settings(self) -> dict[str, Any]:
        return dict(getattr(self.mapping, "settings"))  # noqa: B009  a JSON column has no type of its own

    @property
    def address(self) -> str:
        return self.mapping.calendar.mailbox.address


def every(workspace: "Workspace") -> list[Mapped]:
    """All living mappings, in the order of their resources' names."""
    from holdfast.mirror.mappings import mappings  # noqa: PLC0415  needs Django to be ready

    names = {item.id: item.name for item in _resources(workspace)}
    found = [Mapped(row, names.get(row.resource_id, "")) for row in mappings(workspace.id)]
    return sorted(found, key=lambda item: (item.resource.casefold(), item.address))


def named(workspace: "Workspace", words: tuple[str, ...]) -> list[Mapped]:
    """Those that the words name; all of them where there are no words. Raises UsageError."""
    known = every(workspace)
    if not words:
        return known
    found: dict[UUID, Mapped] = {}
    for word in words:
        for item in _meant(known, word):
            found[item.mapping.id] = item
    return list(found.values())


def resource(workspace: "Workspace", word: str) -> "Resource":
    """The resource of this name, address or id. Raises UsageError."""
    known = _resources(workspace)
    found = [item for item in known if word.casefold() in _words(item)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.UsageError(f"there is no resource {word!r}{_near(word, [item.name for item in known])}")
    raise click.UsageError(f"{word!r} names {len(found)} resources; give the id: {', '.join(str(o.id) for o in found)}")


def _meant(known: list[Mapped], word: str) -> list[Mapped]:
    found = [item for item in known if word.casefold() in _words_of(item)]
    if not found:
        raise click.UsageError(
            f"nothing that is mapped is called {word!r}{_near(word, [item.resource for item in known])}; "
            "`holdfast map list` shows what is"
        )
    return found


def _words(item: "Resource") -> set[str]:
    return {item.name.casefold(), item.address.casefold(), str(item.id)} - {""}


def _words_of(item: Mapped) -> set[str]:
    return {item.resource.casefold(), item.address.casefold(), str(item.mapping.id), str(item.mapping.resource_id)}


def _near(word: str, names: list[str]) -> str:
    import difflib  # noqa: PLC0415  only where somebody mistyped

    close = difflib.get_close_matches(word, names, n=3)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _resources(workspace: "Workspace") -> "list[Resource]":
    from holdfast.database.transactions import in_workspace  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.resources import resources  # noqa: PLC0415  the same

    with in_workspace(workspace.id):
        return resources(workspace.id)
