"""Ties this process to the outside world: its way to Microsoft and the queue behind wake-ups.

Decides which certificates and which proxy outgoing connections use, from the settings alone. Only hosts that a
connection names are ever asked.
"""

import os
from functools import cache

from holdfast.graph.network import over_network
from holdfast.host.config import Config
from holdfast.mirror import tasks
from holdfast.mirror.engine import Engine
from holdfast.ports import clock


@cache
def engine(config: Config, holder: str = "") -> Engine:
    """This process's way to Microsoft; one transport serves all its threads."""
    ca_file = str(config.outgoing.ca_file) if config.outgoing.ca_file else None
    transport = over_network(monotonic_s=clock.monotonic_s, ca_file=ca_file, proxy=config.outgoing.proxy or None)
    return Engine(
        transport_for=lambda _address: transport,
        holder=holder or f"{os.uname().nodename} {os.getpid()}",
        public_url=config.web.notices_url,
    )


def attach(config: Config, *, holder: str = "") -> None:
    """Let this process's jobs and live looks go this way. Needs Django to be ready.

    `holder` is the name under which it holds leases, where it has one that outlives the process.
    """
    tasks.install(engine(config, holder))
