"""The small harbour company again, and a webhook that keeps what it is told."""

from tests.sim365.core.conftest import graph, sim, tokens

__all__ = ["graph", "sim", "tokens"]
