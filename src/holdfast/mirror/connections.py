"""Connections: an organisation's application is tied to a workspace, after it was shown that it works.

This module decides what is tried before a connection is stored, and says for each permission what it is for. It must
not store a secret in the clear or say one in an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import connection as database

from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor, Permission
from holdfast.graph import calendars, errors, users
from holdfast.graph.client import ROOT
from holdfast.graph.errors import GraphError
from holdfast.graph.sign_in import AUTHORITY
from holdfast.journal.writing import Entry, write
from holdfast.mirror import seals
from holdfast.mirror.engine import Engine
from holdfast.mirror.errors import NotReachable, Refused
from holdfast.mirror.lease import ConnectionFacts
from holdfast.mirror.models import Connection, ConnectionState, Mapping, MappingState
from holdfast.ports import clock, ids


class Consent(NamedTuple):
    """One application permission: its name in code, Microsoft's name for it, and what we use it for (S012)."""

    scope: str
    name: str
    why: str


PERMISSIONS = (
    Consent(
        "Calendars.ReadWrite",
        "Read and write calendars in all mailboxes",
        "to read the calendars of mapped rooms and to write bookings into them",
    ),
    Consent(
        "Place.Read.All",
        "Read all company places",
        "to find rooms and workspaces with their building, floor and seats",
    ),
    Consent(
        "User.Read.All",
        "Read all users' full profiles",
        "to find the mailboxes of equipment and shared resources, and the person behind an address",
    ),
    Consent(
        "MailboxSettings.Read",
        "Read all user mailbox settings",
        "to tell rooms and equipment from people's mailboxes, and to learn their time zone",
    ),
)
"""What an administrator consents to; tests show that all of them are needed and that no other is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnection:
    """What an administrator brings."""

    tenant: str
    app_id: str
    secret: str
    name: str = "Microsoft 365"
    root_url: str = ROOT
    authority_url: str = AUTHORITY


@dataclass(frozen=True, slots=True)
class Probe:
    """Whether one mailbox can be reached, in words."""

    address: str
    works: bool
    words: str


def connect(actor: Actor, new: NewConnection, *, engine: Engine) -> Connection:
    """Store a connection that was tried. The same application of the same tenant is connected once (Z-D15).

    Raises NotReachable with the sentence an administrator needs.
    """
    actor.require(Permission.MANAGE_SYNC)
    _check(new)
    facts = _facts(actor.workspace_id, ids.new(), new)
    _try_sign_in(engine, facts, new.secret)
    with in_workspace(actor.workspace_id):
        row = (
            Connection.objects.filter(tenant=new.tenant, app_id=new.app_id).exclude(state=ConnectionState.ENDED).first()
        )
        if row is None:
            row = Connection(id=facts.id, workspace_id=actor.workspace_id, created_at=clock.now())
        row.name, row.tenant, row.app_id = new.name, new.tenant, new.app_id
        row.root_url, row.authority_url = new.root_url, new.authority_url
        row.sealed_secret = seals.seal(new.secret, workspace_id=actor.workspace_id, row=row.id)
        row.state, row.words, row.probed_at = ConnectionState.WORKING, "", clock.now()
        row.save()
        # Mailboxes that waited for a working secret are looked at at once.
        with database.cursor() as cursor:
            cursor.execute(_WAKE, [new.app_id, new.tenant])
        after = {"tenant": new.tenant, "app": new.app_id}
        write(actor.workspace_id, actor.by, [Entry("connected", "connection", row.id, after=after)], at=clock.now())
    engine.forget(row.id)
    return row


def probe(actor: Actor, connection_id: UUID, addresses: Sequence[str], *, engine: Engine) -> list[Probe]:
    """Read each mailbox's default calendar: the only proof of access there is (Z-A12)."""
    actor.require(Permission.MANAGE_SYNC)
    facts = facts_of(actor.workspace_id, connection_id)
    return [_probe(engine, facts, address) for address in addresses]


def disconnect(actor: Actor, connection_id: UUID) -> None:
    """End a connection whose mappings have ended; its secret is forgotten. Nothing is deleted at Microsoft."""
    actor.require(Permission.MANAGE_SYNC)
    with in_workspace(actor.workspace_id):
        row = Connection.objects.filter(id=connection_id).exclude(state=ConnectionState.ENDED).first()
        if row is None:
            raise Refused("There is no such connection.")
        if Mapping.objects.filter(calendar__connection=row).exclude(state=MappingState.ENDED).exists():
            raise Refused("Resources are still tied through this connection; unmap them first.")
        row.state, row.sealed_secret = ConnectionState.ENDED, b""
        row.save(update_fields=["state", "sealed_secret"])
        write(actor.workspace_id, actor.by, [Entry("disconnected", "connection", row.id)], at=clock.now())


def connections(workspace_id: UUID) -> list[Connection]:
    with in_workspace(workspace_id):
        return list(Connection.objects.exclude(state=ConnectionState.ENDED).order_by("created_at"))


def facts_of(workspace_id: UUID, connection_id: UUID) -> ConnectionFacts:
    """Raises Refused where there is no such connection."""
    with in_workspace(workspace_id):
        row = Connection.objects.filter(id=connection_id).exclude(state=ConnectionState.ENDED).first()
    if row is None:
        raise Refused("There is no such connection. Run `holdfast connect` first.")
    return ConnectionFacts(row.id, row.workspace_id, row.tenant, row.app_id, row.root_url, row.authority_url, row.state)


def in_words(error: GraphError, *, address: str = "") -> str:
    """What an administrator reads and can act on."""
    who = address or "Microsoft 365"
    match error:
        case errors.SignInRefused(numbers=numbers):
            codes = "".join(f" AADSTS{number}" for number in numbers)
            return (
                "Microsoft refuses to sign the application in. Check tenant id, application id and the secret's value "
                f"(not its id), and whether it has expired.{codes}"
            )
        case errors.BlockedByPolicy():
            return (
                f"An application access policy keeps Holdfast out of {who}. Add it to the policy's group, "
                "then wait up to two hours."
            )
        case errors.Denied() | errors.Unauthorized():
            return f"Holdfast has no right to {who}. Grant the application permission and let an administrator consent."
        case errors.MailboxUnusable() | errors.NotFound():
            return f"There is no usable mailbox at {who}: unknown, without licence, or not in Exchange Online."
        case _:
            return f"Microsoft could not be asked about {who} just now: {error.what}"


_WAKE = (
    "UPDATE mirror_mailbox SET not_before = NULL, due_at = NULL, rung_count = rung_count + 1 "
    "WHERE app_id = %s AND tenant = %s AND state <> 'working'"
)


def _check(new: NewConnection) -> None:
    for name in ("tenant", "app_id", "secret"):
        value: str = getattr(new, name)
        if not value.strip() or not value.isprintable():
            raise Refused(f"{name} is missing or holds characters that cannot be part of it.")


def _facts(workspace_id: UUID, connection_id: UUID, new: NewConnection) -> ConnectionFacts:
    return ConnectionFacts(
        connection_id, workspace_id, new.tenant, new.app_id, new.root_url, new.authority_url, ConnectionState.WORKING
    )


def _try_sign_in(engine: Engine, facts: ConnectionFacts, secret: str) -> None:
    """Sign in and read one thing; a denied read still shows that the sign-in works, and is said by `probe`."""
    try:
        line = engine.graph(facts, secret=secret).directory()
        next(iter(users.listed(line)), None)
    except (errors.Denied, errors.Unauthorized):
        return
    except GraphError as error:
        raise NotReachable(in_words(error)) from error


def _probe(engine: Engine, facts: ConnectionFacts, address: str) -> Probe:
    try:
        found = calendars.default(engine.graph(facts).mailbox(address))
    except GraphError as error:
        return Probe(address, works=False, words=in_words(error, address=address))
    if found.can_edit is False:
        return Probe(address, works=False, words=f"The calendar of {address} can be read but not written.")
    return Probe(address, works=True, words=f"The calendar “{found.name}” of {address} can be read and written.")
