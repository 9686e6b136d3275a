"""For tests of other products: a served simulator, its control over HTTP, and the pytest fixtures made of both.

`ControlClient` speaks to a simulator that runs anywhere on this machine; `Served` starts one inside this process. The
fixtures are in `sim365.testing.plugin`, which pytest finds by itself where sim365 is installed.
"""

from sim365.testing.control import ControlClient, ControlRefused, PersonClient
from sim365.testing.served import Served

__all__ = ["ControlClient", "ControlRefused", "PersonClient", "Served"]
