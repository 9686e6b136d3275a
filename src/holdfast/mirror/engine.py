"""What a worker needs of the outside world, as one object: Graph clients, paces, tokens, who we are.

This module decides nothing about links. An engine keeps no state that matters: a worker that died is replaced by a new
engine, and everything it must know stands in the database. Safe to share between threads of one process.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import httpx

from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.graph.client import Fence, Graph, MailboxLine, unfenced
from holdfast.graph.limits import DEADLINE_S
from holdfast.graph.pace import Paces
from holdfast.graph.sign_in import ClientSecretSignIn
from holdfast.graph.tokens import KeptToken, TokenSource
from holdfast.graph.waiting import Wait, wait_on
from holdfast.mirror import seals
from holdfast.mirror.lease import ConnectionFacts, MailboxFacts
from holdfast.mirror.models import Connection, Instance
from holdfast.ports import chance, clock, ids
from holdfast.ports.clock import Clock

TransportFor = Callable[[str], httpx.BaseTransport]
"""The transport to a root or authority address; asked once for each."""

TokensFor = Callable[[ConnectionFacts, str], TokenSource]
"""A token source for a connection and its opened secret."""


class _Door(Clock):
    """The installed clock, looked up at each call: a simulated world may change it."""

    def now(self) -> datetime:
        return clock.now()

    def monotonic_s(self) -> float:
        return clock.monotonic_s()

    def sleep(self, seconds: float) -> None:
        clock.sleep(seconds)


class Engine:
    """One process's way to Microsoft."""

    def __init__(
        self,
        *,
        transport_for: TransportFor,
        tokens_for: TokensFor | None = None,
        wait: Wait = wait_on,
        holder: str = "",
        public_url: str = "",
    ) -> None:
        self.holder = holder or f"worker {ids.new()}"
        self.public_url = public_url.rstrip("/")
        self._transport_for = transport_for
        self._tokens_for = tokens_for or self._signing_in
        self._wait = wait
        self._clock = _Door()
        self._paces = Paces(clock=self._clock, jitter=chance.jitter, wait=wait)
        self._lock = threading.Lock()
        self._transports: dict[str, httpx.BaseTransport] = {}
        self._graphs: dict[tuple[UUID, str, str, str], Graph] = {}
        self._instance: UUID | None = None

    def graph(self, facts: ConnectionFacts, *, secret: str | None = None) -> Graph:
        """The client of a connection; `secret` where it is not stored yet. Reads the database the first time."""
        key = (facts.id, facts.tenant, facts.app_id, facts.root_url)
        found = None if secret is not None else self._graphs.get(key)
        if found is None:
            opened = secret if secret is not None else _secret_of(facts)
            found = self._new_graph(facts, opened)
            self._graphs[key] = found
        return found

    def line(
        self,
        facts: ConnectionFacts,
        mailbox: MailboxFacts,
        *,
        before_send: Fence = unfenced,
        deadline_s: float = DEADLINE_S,
    ) -> MailboxLine:
        """A line to one mailbox, which waits as long as Microsoft told an earlier process to."""
        line = self.graph(facts).mailbox(mailbox.key, before_send=before_send, deadline_s=deadline_s)
        if mailbox.not_before is not None and mailbox.not_before > clock.now():
            line.pace.hold_until(mailbox.not_before)
        return line

    def forget(self, connection_id: UUID) -> None:
        """The connection's secret was replaced."""
        for key in [key for key in self._graphs if key[0] == connection_id]:
            del self._graphs[key]

    def instance(self) -> UUID:
        """Who we are towards a calendar."""
        if self._instance is None:
            with outside_workspaces():
                row, _ = Instance.objects.get_or_create(one=1)
            self._instance = row.instance_id
        return self._instance

    def _new_graph(self, facts: ConnectionFacts, secret: str) -> Graph:
        return Graph(
            self._transport(facts.root_url),
            tokens=self._tokens_for(facts, secret),
            paces=self._paces,
            app=facts.app_id,
            tenant=facts.tenant,
            clock=self._clock,
            jitter=chance.jitter,
            ids=ids.new,
            root=facts.root_url,
        )

    def _signing_in(self, facts: ConnectionFacts, secret: str) -> TokenSource:
        sign_in = ClientSecretSignIn(
            self._transport(facts.authority_url),
            tenant=facts.tenant,
            client_id=facts.app_id,
            secret=secret,
            clock=self._clock,
            authority=facts.authority_url,
        )
        return KeptToken(sign_in, clock=self._clock, wait=self._wait)

    def _transport(self, url: str) -> httpx.BaseTransport:
        with self._lock:
            if url not in self._transports:
                self._transports[url] = self._transport_for(url)
            return self._transports[url]


def _secret_of(facts: ConnectionFacts) -> str:
    with in_workspace(facts.workspace_id):
        row = Connection.objects.only("sealed_secret").get(id=facts.id)
    return seals.unseal(row.sealed_secret, workspace_id=facts.workspace_id, row=facts.id)
