"""Our doorbell, served over loopback HTTP by threads of this process, with a note of when each notice came in.

It is the product's own application; only the clock around it is the bench's.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from time import monotonic
from typing import Any

import msgspec

from sim365.serving import free_port_pair
from sim365.serving.listener import LOOPBACK, Listener

QUIET_S = 0.5
WAITS_MAX = 200
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(slots=True)
class Doorbell:
    """`rung` holds, for each notice, when its request came in and which subscription it names."""

    url: str
    rung: list[tuple[float, str]] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, at: float, body: bytes) -> None:
        named = [(at, str(item.get("subscriptionId", ""))) for item in msgspec.json.decode(body)["value"]]
        with self._changed:
            self.rung += named
            self._changed.notify_all()

    def first_after(self, subscription: str, at: float) -> float | None:
        """When the first notice of a subscription came after a moment."""
        return min((came for came, named in self.rung if named == subscription and came >= at), default=None)

    def await_quiet(self) -> None:
        """Return once no notice has come for a while."""
        with self._changed:
            for _ in range(WAITS_MAX):
                if not self._changed.wait(QUIET_S):
                    return
        raise TimeoutError("the notices never end")


@contextmanager
def doorbell() -> Iterator[Doorbell]:
    """The product's web application at a loopback address, for the length of a block."""
    from holdfast.host.wsgi import application

    port = free_port_pair()
    bell = Doorbell(f"http://{LOOPBACK}:{port}")
    listener = Listener(_noting(application, bell), port=port)
    try:
        yield bell
    finally:
        listener.stop()


def _noting(application: Application, bell: Doorbell) -> Application:
    def noting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        came = monotonic()
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = BytesIO(body)
        answer = application(environ, start_response)
        if body:
            bell.note(came, body)
        return answer

    return noting
