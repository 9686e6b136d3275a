"""What `holdfast doctor` looks at towards Microsoft: sign-in, each mailbox, notices, what has stopped.

Decides what is wrong and names the command that mends it. It asks Microsoft, a few requests for each connection and one
for each mailbox; it changes nothing.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from holdfast.host.checks import Finding, State
from holdfast.host.config import Config
from holdfast.ports import clock

if TYPE_CHECKING:
    from holdfast.directory.roles import Actor
    from holdfast.mirror.connections import Probe
    from holdfast.mirror.models import Connection, Mailbox

_CONNECT_ANEW = "holdfast connect --tenant … --app … replaces the secret; an administrator's consent may be missing."


def connected(config: Config) -> Iterator[Finding]:
    """Each connection signs in, and each of its mapped mailboxes can be read and written."""
    from holdfast.directory import roles  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.workspaces import workspaces  # noqa: PLC0415  the same
    from holdfast.mirror import connections  # noqa: PLC0415  the same

    for workspace in workspaces():
        by = roles.system(workspace.id, name="Doctor")
        known = connections.connections(workspace.id)
        if not known:
            yield Finding("Microsoft 365", State.WARNING, f"{workspace.name}: not connected", "holdfast connect --help")
        for connection in known:
            yield from _connection(config, by, connection)


def notices(config: Config) -> Iterator[Finding]:
    """Outlook rings for every mapped mailbox, where it could reach us."""
    from holdfast.database.transactions import outside_workspaces  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror.models import Mailbox  # noqa: PLC0415  the same

    with outside_workspaces():
        found = [row for row in Mailbox.objects.order_by("address") if row.workspaces]
    yield from _states(found)
    if not config.web.notices_url or not found:
        return
    now = clock.now()
    silent = [row for row in found if row.subscription_expires_at is None or row.subscription_expires_at <= now]
    proven = sum(row.is_push_measured for row in found)
    seen = f"{len(found) - len(silent)} of {len(found)} mailboxes ring, {proven} have done so after a write of ours"
    remedy = "Until they ring they are asked every few minutes. Can Microsoft reach web.notices_url?" if silent else ""
    yield Finding("Notices", State.WARNING if silent else State.OK, seen, remedy)


def _connection(config: Config, by: "Actor", connection: "Connection") -> Iterator[Finding]:
    from holdfast.graph import users  # noqa: PLC0415  beside the others
    from holdfast.graph.errors import GraphError  # noqa: PLC0415  the same
    from holdfast.host import outward  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror import connections  # noqa: PLC0415  the same

    engine = outward.engine(config)
    try:
        next(iter(users.listed(engine.graph(connections.facts_of(by.workspace_id, connection.id)).directory())), None)
    except GraphError as error:
        yield Finding("Sign-in", State.WRONG, f"{connection.name}: {connections.in_words(error)}", _CONNECT_ANEW)
        return
    yield Finding("Sign-in", State.OK, f"{connection.name}: {connection.app_id} is let in")
    addresses = _addresses(by, connection)
    if addresses:
        yield from _mailboxes(connections.probe(by, connection.id, addresses, engine=engine))
    else:
        yield Finding("Mailboxes", State.WARNING, "nothing is mapped yet", "holdfast map discover")


def _addresses(by: "Actor", connection: "Connection") -> list[str]:
    from holdfast.database.transactions import in_workspace  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror.models import Mapping, MappingState  # noqa: PLC0415  the same

    with in_workspace(by.workspace_id):
        living = Mapping.objects.filter(calendar__connection=connection).exclude(state=MappingState.ENDED)
        return sorted(set(living.values_list("calendar__mailbox__address", flat=True)))


def _mailboxes(found: "list[Probe]") -> Iterator[Finding]:
    """One line for all that work, one for each that does not."""
    broken = [probe for probe in found if not probe.works]
    if len(broken) < len(found):
        yield Finding("Mailboxes", State.OK, f"{len(found) - len(broken)} can be read and written")
    for probe in broken:
        remedy = "Mend it at Microsoft, or `holdfast map pause` it; changes there take up to two hours to work."
        yield Finding("Mailbox", State.WRONG, probe.words, remedy)


def _states(found: "list[Mailbox]") -> Iterator[Finding]:
    """What the last tending of a mailbox left behind."""
    from holdfast.mirror.models import MailboxState  # noqa: PLC0415  needs Django to be ready

    for row in found:
        if row.state == MailboxState.WORKING:
            continue
        state = State.WARNING if row.state == MailboxState.WAITING else State.WRONG
        yield Finding("Sync", state, row.words or f"{row.address}: {row.state.replace('_', ' ')}", "holdfast sync")
