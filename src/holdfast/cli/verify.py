"""`holdfast verify`: every booking is compared with its event. Decides how differences are told, and the exit code."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from holdfast.cli import mapped, microsoft, telling
from holdfast.cli.exits import Exit
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option

if TYPE_CHECKING:
    from holdfast.mirror.verify import Difference, Verified

_KINDS = {
    "not_here": "stands in Outlook and not here",
    "not_there": "stands here and not in Outlook",
    "differs": "is not the same on both sides",
    "twice": "stands in Outlook twice",
    "unreadable": "cannot be understood",
}


@click.command(cls=WithDatabase)
@click.option("--resource", "names", multiple=True, help="Only this one, by name; may be given several times.")
@telling.json_option
@workspace_option
def verify(*, names: tuple[str, ...], as_json: bool, slug: str) -> int:
    """Compare every booking with its event, field by field, and name each difference. Changes nothing.

    Outlook's calendars are read anew and whole, not from what the sync remembers. What waits for a person is counted
    apart and named with its reason: it differs, and it is known why.

    \b
    holdfast verify
    holdfast verify --resource Aquarium --json > aquarium.json

    \b
    Exit code 0  nothing differs that does not wait for a person by name
              1  something differs, or is still on its way
              6  a calendar could not be read: nothing can be said about it
    """
    from holdfast.graph.errors import GraphError  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror import connections  # noqa: PLC0415  the same
    from holdfast.mirror import verify as comparing  # noqa: PLC0415  the same

    workspace = chosen(slug)
    by, engine = actor(workspace), microsoft.engine()
    found: list[tuple[str, Verified]] = []
    unread: list[tuple[str, str]] = []
    for item in telling.progress(_calendars(mapped.named(workspace, names)), label="Comparing"):
        try:
            found += [(item.resource, one) for one in comparing.verify(by, engine=engine, mapping_id=item.mapping.id)]
        except GraphError as error:
            unread.append((item.resource, connections.in_words(error, address=item.address)))
    if as_json:
        rows = [{"resource": name, **asdict(one), "in_step": one.is_in_step} for name, one in found]
        rows += [{"resource": name, "unread": words} for name, words in unread]
        telling.rows(rows, as_json=True, empty="")
    else:
        tell(found, unread)
    if unread:
        return Exit.MICROSOFT
    return Exit.DONE if comparing.are_in_step([one for _, one in found]) else Exit.NOT_IN_ORDER


def tell(found: "list[tuple[str, Verified]]", unread: list[tuple[str, str]]) -> None:
    """What was compared, every difference in a sentence, and the sum."""
    telling.rows([_row(name, one) for name, one in found], as_json=False, empty="Nothing is mapped and started yet.")
    for name, one in found:
        for difference in one.differences:
            telling.warn(f"{name}: {in_words(difference)}")
    for name, words in unread:
        telling.warn(f"{name} could not be read: {words}")
    faults = sum(one.faults for _, one in found)
    moving = sum(one.on_its_way for _, one in found)
    parked = sum(one.parked for _, one in found)
    events = sum(one.events for _, one in found)
    waits = f", {parked} wait for a person (holdfast conflicts list)" if parked else ""
    underway = f", {moving} on the way (holdfast sync waits for them)" if moving else ""
    telling.say(f"{faults} differences in {len(found)} calendars with {events} events{waits}{underway}")


def in_words(difference: "Difference") -> str:
    """One difference in a sentence; never a title, which the reader may not be meant to see."""
    when = f"on {difference.starts_at:%Y-%m-%d at %H:%M} UTC " if difference.starts_at else ""
    which = f"booking {difference.booking_id}" if difference.booking_id else f"event …{difference.event_id[-12:]}"
    fields = f" ({', '.join(difference.fields)})" if difference.fields else ""
    why = f"; it waits for a person: {difference.parked}" if difference.parked else ""
    moving = "; it is on its way" if difference.on_its_way else ""
    return f"{which} {when}{_KINDS.get(difference.kind, difference.kind)}{fields}{why}{moving}"


def _calendars(found: list[mapped.Mapped]) -> list[mapped.Mapped]:
    """One mapping for each calendar: those that share one are compared together."""
    from holdfast.mirror.models import MappingState  # noqa: PLC0415  needs Django to be ready

    living = [item for item in found if item.mapping.state != MappingState.PLANNED]
    return list({item.mapping.calendar.id: item for item in living}.values())


def _row(name: str, one: "Verified") -> dict[str, object]:
    return {
        "resource": name,
        "events": one.events,
        "the same": one.settled,
        "differ": one.faults,
        "on the way": one.on_its_way,
        "wait for a person": one.parked,
        "given up": one.closed,
    }
