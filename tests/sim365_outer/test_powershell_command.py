"""`sim365 powershell`: lines typed at a shell, carried out by a running server."""

from __future__ import annotations

from click.testing import CliRunner

from sim365.cli import main
from tests.sim365_outer.test_serve_command import served


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
