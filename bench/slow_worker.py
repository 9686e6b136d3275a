"""A worker process as in use (its loop, its queue, its sweep), but with every Graph request taking a given time longer.

`python -m bench.slow_worker MILLISECONDS LOG`. What each request carried and when its answer was there is written to
the log, a line each: the bench finds its changes in it. Time is the machine's monotonic clock, one for all processes.
"""

import json
import sys
import time
from pathlib import Path
from threading import Lock

import django
import httpx


class Far(httpx.BaseTransport):
    """The real way over the network, and the distance."""

    def __init__(self, inner: httpx.BaseTransport, *, delay_s: float, log: Path) -> None:
        self._inner, self._delay_s = inner, delay_s
        self._log, self._lock = log.open("a", encoding="utf-8"), Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # All of it before the simulator acts: what was accepted was accepted after the whole distance, not half of it.
        time.sleep(self._delay_s)
        response = self._inner.handle_request(request)
        if request.method != "GET" and response.is_success:
            line = json.dumps([time.monotonic(), request.content.decode("utf-8", "replace")])
            with self._lock:
                print(line, file=self._log, flush=True)
        return response

    def close(self) -> None:
        self._inner.close()
        self._log.close()


def main(delay_ms: str, log: str) -> None:
    django.setup()
    from holdfast.graph.network import over_network
    from holdfast.host import worker
    from holdfast.host.config import load
    from holdfast.mirror import sweep, tasks
    from holdfast.mirror.engine import Engine
    from holdfast.ports import clock

    config = load()
    near = over_network(monotonic_s=clock.monotonic_s, ca_file=str(config.outgoing.ca_file))
    far = Far(near, delay_s=int(delay_ms) / 1000, log=Path(log))
    tasks.install(Engine(transport_for=lambda _url: far, public_url=config.web.notices_url))
    worker.run(threads=config.worker.threads, sweep=sweep.run_once)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
