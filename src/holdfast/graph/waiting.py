"""How a thread waits for another one, as something that can be passed in.

Where only one thread at a time may run (a simulated world), blocking on a condition would stop everything; such a world
passes its own way of waiting, which lets others run and comes back.
"""

import threading
from collections.abc import Callable

Wait = Callable[[threading.Condition, float], None]


def wait_on(changed: threading.Condition, seconds: float) -> None:
    """Wait until the condition, which is held, is notified, at most so long."""
    changed.wait(seconds)
