"""What can stop a server from starting.

ServingError
├── PortTaken        somebody listens there already
└── StateUnusable    the state directory is in use, or what is in it cannot be read
"""

from __future__ import annotations


class ServingError(Exception):
    """The server cannot start."""


class PortTaken(ServingError):
    """The port is taken."""


class StateUnusable(ServingError):
    """The state directory cannot be used."""
