"""Fields that are sets: people and categories merge member by member.

This module decides when two members are the same and how one side's additions and removals are carried to the other.
Sending a set means: theirs, plus what we added, without what we removed; so a room or guest that only the other side
lists is never un-invited by us.
"""

from collections.abc import Callable
from typing import Any

from holdfast.reconcile.snapshot import Person

Keyed = dict[str, tuple[Any, Any]]
"""Per member: what is compared, and the member itself."""


def people(value: tuple[Person, ...]) -> Keyed:
    """By address without regard to case; the role counts, the name does not (Exchange replaces names by its own).
    Who has no address is told by name: an old X.500 sender must not vanish from the list (Z-O09).
    """
    return {one.address.strip().lower() or f"name:{one.name}": (one.role, one) for one in value}


def names(value: tuple[str, ...]) -> Keyed:
    return {one.strip(): (None, one) for one in value}


def equal(one: Keyed, other: Keyed) -> bool:
    return {key: means for key, (means, _) in one.items()} == {key: means for key, (means, _) in other.items()}


def moved(base: Any, now: Any, onto: Any, *, key: Callable[[Any], Keyed]) -> Any:
    """`onto` with the members that `now` added or changed since `base`, and without those it removed."""
    was, is_, result = key(base), key(now), dict(key(onto))
    for name in was.keys() - is_.keys():
        result.pop(name, None)
    result |= {name: one for name, one in is_.items() if name not in was or was[name][0] != one[0]}
    return tuple(result[name][1] for name in sorted(result))


def contradict(base: Any, ours: Any, theirs: Any, *, key: Callable[[Any], Keyed]) -> bool:
    """True where both sides changed one member, and not to the same."""
    was, mine, other = key(base), key(ours), key(theirs)
    return any(
        _means(mine, name) != _means(other, name) != _means(was, name) != _means(mine, name)
        for name in was.keys() | mine.keys() | other.keys()
    )


def _means(keyed: Keyed, name: str) -> tuple[bool, Any]:
    return (name in keyed, keyed[name][0] if name in keyed else None)
