"""`sim365 powershell`: lines typed at a shell, carried out by a running server."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from sim365.cli import main
from sim365.powershell.catalogue import all_cmdlets
from tests.sim365_outer.test_serve_command import served

DOCS = Path(__file__).parents[2] / "docs" / "sim365.md"


def typed(*arguments: str, at: str, text: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["powershell", "--at", at, *arguments], input=text)
    return done.exit_code, done.stdout, done.stderr


def test_an_administrators_lines_work_against_a_running_server():
    with served() as (board, _):
        at = board["control"].removesuffix("/_sim")
        line = "Set-CalendarProcessing -Identity aquarium -DeleteSubject $false -AllowConflicts $false"
        assert typed(line, at=at) == (0, "", "")
        show = "Get-CalendarProcessing aquarium | fl DeleteSubject"
        assert typed("-", at=at, text=show) == (0, "DeleteSubject : False\n", "")
        code, output, error = typed("Get-Mailbox nobody", show, at=at)
        assert (code, output) == (1, "DeleteSubject : False\n")
        assert error.startswith("Get-Mailbox: The operation couldn't be performed because object 'nobody'")
        code, output, _ = typed("--json", show, at=at)
        assert (code, '"errors":[]' in output.replace(" ", "")) == (0, True)


def test_where_no_simulator_answers_it_says_how_to_start_one():
    code, _, error = typed("Get-Mailbox", at="http://127.0.0.1:9")
    assert code == 1
    assert "sim365 serve" in error
    assert typed(at="http://127.0.0.1:9")[0] == 2


def test_the_documentation_lists_every_cmdlet():
    rows = re.findall(r"^\| [^|`]+ \| ((?:[A-Z][a-z]+-[^|]*))\|$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    documented: set[str] = set()
    for part in (part.strip() for row in rows for part in row.split(";")):
        *verbs, last = (word.strip() for word in part.split(","))
        documented |= {last, *(verb + last.partition("-")[2] for verb in verbs)}

    assert documented == {cmdlet.name for cmdlet in all_cmdlets()}
