"""One web process: granian over WSGI, each request in a thread of its own.

Decides how much one connection may ask of us before Django sees it. WSGI, not ASGI: under ASGI the ORM opens a
connection for each request and fails under load (measured).
"""

import os

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from holdfast.host import logs
from holdfast.host.config import Config, load
from holdfast.host.ties import end_with_parent

DRAIN_S = 30
HEADER_READ_MS_MAX = 10_000  # a visitor that sends its headers slower than this is cut off
BUFFER_BYTES_MAX = 64 * 1024
WAITING_MAX = 512

_LOGGING = {
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}


def main() -> None:
    end_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.host.settings")
    serve(load())


def serve(config: Config) -> None:
    """Answer requests until told to stop; what is being answered is finished first."""
    logs.configure(level=config.log.level, form=config.log.format)
    server = Server(
        "holdfast.host.wsgi:application",
        address=config.web.host.strip("[]"),
        port=config.web.port,
        interface=Interfaces.WSGI,
        workers=config.web.processes,
        blocking_threads=config.web.threads,
        backpressure=WAITING_MAX,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_READ_MS_MAX, max_buffer_size=BUFFER_BYTES_MAX),
        websockets=False,
        log_dictconfig=_LOGGING,
        log_level=LogLevels.error,  # its other lines are about itself
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_S,
    )
    server.serve()


if __name__ == "__main__":
    main()
