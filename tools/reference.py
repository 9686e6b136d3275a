"""`make docs`: writes the reference pages that say what the code says.

Decides nothing; a page is made from the same table or command that the product runs, and a test fails where it is
stale.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from holdfast.cli.exits import MEANINGS
from holdfast.cli.frame import root
from holdfast.host.declared import SETTINGS
from tools.sim365_page import sim365_page

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100


def settings_page() -> str:
    """Every setting: name, variable, default, meaning."""
    lines = [
        "# Settings",
        "",
        "Written by `make docs` from the code; do not edit.",
        "",
        "Defaults come first, then the file `holdfast.toml` in the state directory (or the one that `HOLDFAST_CONFIG`",
        "names), then the environment: the later one wins. A name that is not listed here is an error.",
        "`holdfast config show` lists what is in force, secrets masked.",
        "",
        "A file sets `web.port` like this:",
        "",
        "```toml",
        "[web]",
        "port = 8010",
        "```",
        "",
    ]
    for setting in SETTINGS:
        place = "environment only" if setting.environment_only else "file and environment"
        secret = ", secret" if setting.secret else ""
        lines += [
            f"## {setting.name}",
            "",
            f"`{setting.variable}` · {place}{secret} · default: {_default(setting.default)}",
            "",
            f"{setting.meaning} {setting.remedy}",
            "",
        ]
    return "\n".join(lines)


def cli_page() -> str:
    """Every command with its help, and every exit code."""
    lines = [
        "# The command line",
        "",
        "Written by `make docs` from the code; do not edit.",
        "",
        "## Exit codes",
        "",
        "| code | means |",
        "|---|---|",
        *(f"| {int(code)} | {meaning} |" for code, meaning in MEANINGS.items()),
        "",
    ]
    for path, words in _commands("holdfast", root):
        lines += [f"## {path}", "", "```text", words, "```", ""]
    return "\n".join(lines)


def decisions_page() -> str:
    """The list of all decisions, by their titles."""
    folder = ROOT / "docs" / "decisions"
    titles = {page.name: page.read_text().splitlines()[0].lstrip("# ") for page in sorted(folder.glob("[0-9]*.md"))}
    lines = [
        "# Decisions",
        "",
        "Each record says what was decided, what else was weighed, and why: whoever asks “why not …?” finds the",
        "answer here. The list is written by `make docs`.",
        "",
        *(f"- [{title}]({name})" for name, title in titles.items()),
        "",
    ]
    return "\n".join(lines)


def _commands(name: str, command: click.Command, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """Every command's path and help, as the terminal shows it."""
    width = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, **width)
    yield context.command_path, command.get_help(context).rstrip()
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _commands(inner, found, context)


def _default(value: object) -> str:
    if value in (None, "", ()):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/settings.md": settings_page,
    "docs/reference/cli.md": cli_page,
    "docs/reference/sim365.md": sim365_page,
    "docs/decisions/README.md": decisions_page,
}


def main() -> int:
    for name, page in PAGES.items():
        target = ROOT / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page())
        print(target.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
