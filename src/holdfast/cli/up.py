"""`holdfast up`: everything under one command."""

import click

from holdfast.cli import ground, telling
from holdfast.host import up as running


@click.command()
def up() -> None:
    """Run web, workers and database in the foreground until Ctrl-C or SIGTERM.

    Migrations are applied first. What dies is started again; what keeps dying ends everything with a sentence. On the
    way down the web server stops first, workers finish what they have in hand, the database ends last; a second Ctrl-C
    does not wait.

    \b
    Another port:            HOLDFAST_WEB_PORT=8080 holdfast up
    A PostgreSQL of yours:   DATABASE_URL=postgresql://… DATABASE_OWNER_URL=postgresql://… holdfast up
    """
    running.run(ground.config(), say=telling.say)
