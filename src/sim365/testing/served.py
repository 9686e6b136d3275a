"""A simulator served inside this process, for as long as a `with` block lasts.

Decides what a test wants by default: two free ports, a clock that stands still until told, plain webhooks on this
machine allowed.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import msgspec

from sim365.company import CompanyFile, sample_company
from sim365.serving import Plan, Station, free_port_pair
from sim365.simulator import Simulator
from sim365.testing.control import ControlClient


class Served:
    """A running simulator and where it stands."""

    def __init__(
        self,
        *companies: CompanyFile,
        seed: int = 1,
        follows_wall_clock: bool = False,
        loopback_webhooks: bool = True,
        checks_types: bool = False,
    ) -> None:
        """Each company file is one tenant; without one the sample company is served."""
        self._station = Station(
            Plan(
                companies=companies or (sample_company(seed),),
                port=free_port_pair(),
                seed=seed,
                follows_wall_clock=follows_wall_clock,
                loopback_webhooks=loopback_webhooks,
                checks_types=checks_types,
            )
        )
        self.root = self._station.graph_root
        """Graph is at `root + "/v1.0"`, the pages at `root`, the control API at `root + "/_sim"`."""
        self.login_root = self._station.login_root
        """An authority is `login_root + "/" + tenant id`."""
        self.ca_file = str(self._station.ca_file)
        """The certificate authority to trust for the login host."""
        self.control = ControlClient(self.root)
        self._beginning, self._switches = self.simulator.snapshot(), self.control.switches()

    @property
    def simulator(self) -> Simulator:
        """The simulator itself, for what has no order in the control API."""
        return self._station.simulator

    @property
    def tenant_id(self) -> str:
        """The first tenant's id."""
        return self.simulator.company.tenants[0].tenant_id

    def start_over(self) -> None:
        """Go back to the first moment: state, weather and switches, and nothing noted about anybody."""
        self.simulator.restore(self._beginning)
        self.control.switch(**self._switches)
        self.control.forget_conduct()

    def bugs(self) -> list[str]:
        """Tracebacks of the simulator itself."""
        return msgspec.convert(self.control.conduct()["bugs"], list[str])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it; the ports are free afterwards."""
        self.control.close()
        self._station.stop()
