"""The command `holdfast`: its commands by name, loaded when they are called, and its one door for errors.

Decides which commands there are and what an error becomes: a sentence on standard error and a documented exit code.
A command that needs data is made with `cls=WithDatabase`: the database is started for its length where it does not run.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
from click.exceptions import Abort
from click.exceptions import Exit as ClickExit

from holdfast.cli import ground, telling
from holdfast.cli.exits import Exit


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: where it is, what it does in a line, and under which heading it is listed."""

    name: str
    module: str
    summary: str
    heading: str


RUN, CONNECT, LOOK, PEOPLE, KEEP = "Run it", "Keep it in step", "Look", "People and programs", "Look after it"
ENTRIES: tuple[Entry, ...] = (
    Entry("up", "up", "Run web, workers and database in the foreground.", RUN),
    Entry("demo", "demo", "Run all of it beside a simulated Microsoft 365 with a sample company.", RUN),
    Entry("demo-tour", "tour", "Show the main job by itself, with timings; exit 0 only at 0 differences.", RUN),
    Entry("demo-reset", "demo", "Forget the demonstration's data.", RUN),
    Entry("connect", "connect", "Connect an organisation's Microsoft 365.", CONNECT),
    Entry("map", "map", "Tie rooms and other resources to their calendars.", CONNECT),
    Entry("preview", "preview", "Say what the first sync would do; write nothing.", CONNECT),
    Entry("sync", "sync", "Sync now, and wait until everything is in step.", CONNECT),
    Entry("verify", "verify", "Compare every booking with its event; exit 0 where nothing differs.", CONNECT),
    Entry("conflicts", "conflicts", "List, show and answer what waits for a person.", CONNECT),
    Entry("takeover", "takeover", "Say that this installation keeps the calendars, not another one.", CONNECT),
    Entry("status", "status", "Say in a few lines how this installation is.", LOOK),
    Entry("doctor", "doctor", "Check everything and name what is wrong with the command that mends it.", LOOK),
    Entry("config", "config", "Show the settings in force and where each comes from.", LOOK),
    Entry("admin", "person", "Make the first administrator.", PEOPLE),
    Entry("person", "person", "Add people.", PEOPLE),
    Entry("token", "token", "Make, list and revoke tokens for programs.", PEOPLE),
    Entry("export", "export", "Write bookings as JSON lines or CSV.", KEEP),
    Entry("backup", "backup", "Write everything into one archive.", KEEP),
    Entry("restore", "backup", "Read such an archive into an empty database.", KEEP),
    Entry("database", "database", "Prepare roles on a server of yours; bring tables up to date.", KEEP),
    Entry("keys", "keys", "Change the keys that seal stored secrets.", KEEP),
)


class Frame(click.Group):
    """Lists all commands without loading them; loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return [entry.name for entry in ENTRIES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        entry = next((entry for entry in ENTRIES if entry.name == cmd_name), None)
        if entry is None:
            return None
        module = importlib.import_module(f"holdfast.cli.{entry.module}")
        command: click.Command = getattr(module, entry.name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for heading in dict.fromkeys(entry.heading for entry in ENTRIES):
            with formatter.section(heading):
                formatter.write_dl([(entry.name, entry.summary) for entry in ENTRIES if entry.heading == heading])


class WithDatabase(click.Command):
    """A command that works on the data. What its module imports inside needs Django, which is made ready here."""

    def invoke(self, ctx: click.Context) -> Any:
        with ground.database():
            return super().invoke(ctx)


@click.group(cls=Frame, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="holdfast", prog_name="holdfast")
def root() -> None:
    """Resource booking that stays in step with Microsoft 365, in both directions.

    \b
    Try it:         holdfast demo
    Start for real: holdfast admin create --email you@example.org
                    holdfast up
    When in doubt:  holdfast doctor

    Everything lives in one directory, .holdfast here unless HOLDFAST_STATE names another one. Settings are read from
    holdfast.toml in it and from the environment; `holdfast config show` lists them. Every list can be had with --json.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.host.settings")
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """The exit code of one command line. This is one of the three doors."""
    try:
        returned = root.main(args=arguments, prog_name="holdfast", standalone_mode=False)
    except ClickExit as left:
        return left.exit_code
    except (Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except Exception as error:  # noqa: BLE001  the command's door
        return telling.explain(error)
    return returned if isinstance(returned, int) else Exit.DONE
