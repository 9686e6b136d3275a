"""Every answer of every simulator in these tests is checked against Microsoft's types; also when they run alone."""

from collections.abc import Iterator

import pytest

from sim365 import conformity

conformity.watch_everything()


@pytest.fixture(autouse=True)
def every_answer_fits_the_types() -> Iterator[None]:
    """A violation fails the test in which it happened, whatever its client made of the answer."""
    yield
    conformity.raise_violations()
