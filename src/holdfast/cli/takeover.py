"""`holdfast takeover`: this installation, and no other, keeps these calendars.

Decides how a person says so at a terminal, and that the question is asked before. Taking over is the mirror's.
"""

import click

from holdfast.cli import mapped, microsoft, telling
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option


@click.command(cls=WithDatabase)
@click.argument("names", nargs=-1, metavar="[RESOURCE]...")
@click.option("--all", "every", is_flag=True, help="Every mapping there is.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@workspace_option
def takeover(*, names: tuple[str, ...], every: bool, yes: bool, slug: str) -> None:
    """Say that this installation keeps the calendars, after a restore or beside a copy.

    Where another Holdfast, or an older copy of this one, stands on a calendar's marker, nothing is
    written until a person chooses. Look at `holdfast verify` first: what differs will be settled.
    The other installation stops within the hour.

    \b
    holdfast takeover Aquarium
    """
    from holdfast.mirror.takeover import take_over  # noqa: PLC0415  needs Django to be ready

    if bool(names) == every:
        raise click.UsageError("name the resources, or say --all")
    found = mapped.named(chosen(slug), names)
    if not yes:
        question = f"Let this installation write to {len(found)} of these calendars, and any other one stop?"
        click.confirm(question, abort=True, err=True)
    for item in found:
        take_over(actor(chosen(slug)), item.mapping.id, engine=microsoft.engine())
    telling.say(f"Taken over: {', '.join(item.resource for item in found)}. What differs is settled now.")
