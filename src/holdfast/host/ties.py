"""What ties our processes together when one of them ends without a word."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel (Linux) for `number` when the process that started us is gone: kill -9 leaves no orphans."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it ended between the two calls
        os.kill(os.getpid(), number)
