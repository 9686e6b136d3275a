"""Serving a simulator to other processes: ports, certificates, kept state, passing time.

`Station(Plan(...))` serves until its `stop`; the command `sim365 serve` is a thin hand on it.
"""

from sim365.serving.errors import PortTaken, ServingError, StateUnusable
from sim365.serving.listener import free_port_pair
from sim365.serving.station import Plan, Station

__all__ = ["Plan", "PortTaken", "ServingError", "StateUnusable", "Station", "free_port_pair"]
