"""A session: lines in, output and errors out, in the order in which they were typed.

Decides what a pipe passes on and that one failed command does not stop the next. The text is read whole before
anything is done: a text that cannot be read does nothing.
"""

import functools
from dataclasses import dataclass, field

from sim365.powershell.binding import Bound, Parameter, Takes, bind
from sim365.powershell.catalogue import all_cmdlets
from sim365.powershell.cmdlets import Call, Cmdlet
from sim365.powershell.errors import PowerShellError, Refused, not_found, unknown_command
from sim365.powershell.office import Office
from sim365.powershell.parsing import Invocation, Pipeline, statements_of
from sim365.powershell.records import Record, chosen, shown
from sim365.state.world import World

PIPED_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Failure:
    """One error record."""

    command: str
    message: str
    category: str
    error_id: str
    line: int

    @property
    def text(self) -> str:
        """As the console shows it."""
        return f"{self.command}: {self.message}" if self.command else self.message


@dataclass(slots=True)
class Outcome:
    """What a text did."""

    output: str = ""
    errors: list[Failure] = field(default_factory=list[Failure])


def run(world: World, text: str) -> Outcome:
    """Carry out a text of PowerShell; called under the simulator's lock."""
    outcome = Outcome()
    try:
        statements = statements_of(text)
    except PowerShellError as error:
        outcome.errors.append(_failure("", error, 0))
        return outcome
    office = Office(world, world.company.tenants[0])
    blocks: list[str] = []
    for pipeline in statements:
        try:
            office = _connected(office, pipeline)
            if block := _run(office, pipeline, outcome):
                blocks.append(block)
        except PowerShellError as error:
            outcome.errors.append(_failure(pipeline[0].name, error, pipeline[0].line))
    outcome.output = "\n\n".join(blocks)
    return outcome


def _connected(office: Office, pipeline: Pipeline) -> Office:
    """`Connect-ExchangeOnline -Organization` chooses the tenant of the lines that follow."""
    call = pipeline[0]
    if call.name.lower() != "connect-exchangeonline":
        return office
    bound = bind(call, _CONNECT, has_input=False)
    wanted = (bound.text("Organization") or bound.text("UserPrincipalName").rpartition("@")[2]).lower()
    if not wanted:
        return office
    for tenant in office.world.company.tenants:
        if wanted in {tenant.tenant_id.lower(), *(domain.lower() for domain in tenant.domains)}:
            return Office(office.world, tenant)
    raise not_found(wanted, office.server)


_CONNECT = (
    Parameter("UserPrincipalName"),
    Parameter("Organization"),
    Parameter("AppId"),
    Parameter("CertificateThumbprint"),
    Parameter("ShowBanner", Takes.SWITCH),
)


def _run(office: Office, pipeline: Pipeline, outcome: Outcome) -> str:
    """One pipeline; the text that it shows."""
    if pipeline[0].name.lower() in {"connect-exchangeonline", "disconnect-exchangeonline"}:
        return ""
    records: list[Record] | None = None
    for invocation in pipeline:
        if invocation.name.lower() in {"format-list", "fl", "select-object", "select"}:
            records = _formatted(invocation, records)
        else:
            records = _through(office, invocation, records, outcome)
    return shown(records or [])


def _formatted(invocation: Invocation, records: list[Record] | None) -> list[Record]:
    """`Format-List Name*, Delete*`: which properties are shown."""
    bound = bind(invocation, (Parameter("Property", Takes.TEXTS, position=1),), has_input=True)
    wanted = bound.texts("Property")
    plain = [Record(record.kind, record.identity, record.properties) for record in records or []]
    return [chosen(record, wanted) for record in plain] if wanted else plain


def _through(office: Office, invocation: Invocation, records: list[Record] | None, outcome: Outcome) -> list[Record]:
    """A cmdlet, once by itself or once for each object that comes through the pipe."""
    cmdlet = _cmdlets().get(invocation.name.lower())
    if cmdlet is None:
        if invocation.name.lower() in _LANGUAGE:
            raise Refused(invocation.name)
        raise unknown_command(invocation.name)
    bound = bind(invocation, cmdlet.parameters, has_input=records is not None)
    found: list[Record] = []
    for piped in (records if records is not None else [None])[:PIPED_MAX]:
        try:
            found.extend(_once(cmdlet, Call(office, bound, piped)))
        except PowerShellError as error:
            if not bound.is_silent:
                outcome.errors.append(_failure(cmdlet.name, error, invocation.line))
    return found


def _once(cmdlet: Cmdlet, call: Call) -> list[Record]:
    if call.bound.what_if and cmdlet.changes:
        target = call.piped.identity if call.piped else _target(call.bound)
        return [
            Record("WhatIf", target, {"What if": f'Performing the operation "{cmdlet.name}" on target "{target}".'})
        ]
    return cmdlet.run(call)


def _target(bound: Bound) -> str:
    return bound.text("Identity") or bound.text("Name")


@functools.cache
def _cmdlets() -> dict[str, Cmdlet]:
    return {cmdlet.name.lower(): cmdlet for cmdlet in all_cmdlets()}


_LANGUAGE = frozenset(
    {
        "where-object", "where", "foreach-object", "foreach", "sort-object", "sort", "format-table", "ft",
        "measure-object", "export-csv", "import-csv", "out-file", "write-host", "write-output", "invoke-command",
        "start-sleep", "get-date",
    }
)  # fmt: skip
"""PowerShell has these; a text that needs them is told so."""


def _failure(command: str, error: PowerShellError, line: int) -> Failure:
    return Failure(command, error.message, error.category, error.error_id, line)
