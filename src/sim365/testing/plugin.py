"""pytest fixtures: one served simulator for the test run, set back to its beginning before each test.

    def test_my_product_books_a_room(sim365):
        my_product.connect(graph=f"{sim365.root}/v1.0", authority=f"{sim365.login_root}/{sim365.tenant_id}",
                           ca_file=sim365.ca_file, client_id=..., client_secret=...)
        ...
        assert sim365.control.conduct()["offences"] == []

`sim365_company` (ini option or `--sim365-company`, may be given several times) names company files; without one the
sample company is served. A test in which the simulator itself failed fails, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    # pytest loads every plugin it finds, also for the many runs that never ask for a simulator.
    from sim365.company import CompanyFile
    from sim365.testing.served import Served


def pytest_addoption(parser: pytest.Parser) -> None:
    """The company to serve."""
    parser.addini("sim365_company", "company files that the sim365 fixture serves", type="paths", default=[])
    parser.getgroup("sim365").addoption(
        "--sim365-company", action="append", default=[], metavar="FILE", help="a company file for the sim365 fixture"
    )


@pytest.fixture(scope="session")
def sim365_served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The simulator of this test process; most tests want `sim365`."""
    from sim365.testing.served import Served  # noqa: PLC0415  see above

    with Served(*_companies(request.config)) as served:
        yield served


@pytest.fixture
def sim365(sim365_served: Served) -> Iterator[Served]:
    """A served simulator as on its first day."""
    sim365_served.start_over()
    yield sim365_served
    bugs = sim365_served.bugs()
    if bugs:
        pytest.fail(f"the simulator itself failed:\n{bugs[0]}", pytrace=False)


def _companies(config: pytest.Config) -> list[CompanyFile]:
    from sim365.company import read_company  # noqa: PLC0415  see above

    named = config.getoption("--sim365-company") or config.getini("sim365_company")
    return [read_company(Path(path).read_text(encoding="utf-8"), name=str(path)) for path in named]
