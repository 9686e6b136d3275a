"""`sim365 powershell`: lines of Exchange Online PowerShell, carried out by a running simulator.

Prints what the cmdlets show, and errors as PowerShell tells them. Exit codes: 0 done, 1 a command failed or no
simulator answered, 2 wrong use.
"""

from __future__ import annotations

import sys
from typing import Any

import click
import httpx

AT_USUAL = "http://127.0.0.1:8365"
TIMEOUT_S = 60.0


@click.command()
@click.argument("lines", nargs=-1)
@click.option("--at", default=AT_USUAL, show_default=True, help="Where the simulator stands.")
@click.option("--json", "as_json", is_flag=True, help="Print output and errors as one line of JSON.")
def powershell(*, lines: tuple[str, ...], at: str, as_json: bool) -> None:
    """Carry out LINES of Exchange Online PowerShell, each argument one line; a - reads them from standard input."""
    text = sys.stdin.read() if lines == ("-",) else "\n".join(lines)
    if not text.strip():
        message = "Say what to run, such as 'Get-CalendarProcessing -Identity aquarium', or - to read it from a pipe."
        raise click.UsageError(message)
    answer = _ask(at, text)
    if as_json:
        click.echo(httpx.Response(200, json=answer).text)
    else:
        if answer["output"]:
            click.echo(answer["output"])
        for error in answer["errors"]:
            click.echo(error["text"], err=True)
    if answer["errors"]:
        raise SystemExit(1)


def _ask(at: str, text: str) -> dict[str, Any]:
    try:
        # The environment's proxies are for other machines; the simulator is on this one.
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
            answer = client.post(f"{at.rstrip('/')}/_sim/powershell", json={"lines": text})
            body = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        message = f"No simulator answers at {at} ({error}). Start one with 'sim365 serve', or say where with --at."
        raise click.ClickException(message) from error
    if answer.is_error:
        raise click.ClickException(str(body.get("error", answer.status_code)))
    return body
