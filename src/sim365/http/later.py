"""An application that is made when it is first asked: what nobody opens costs a start nothing."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from sim365.state.principals import WsgiApp


class Later:
    """A WSGI application that `make` gives when the first request comes."""

    def __init__(self, make: Callable[[], WsgiApp]) -> None:
        self._make = make
        self._made: WsgiApp | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._made is None:
            with self._lock:
                self._made = self._made or self._make()
        return self._made(environ, start_response)
