"""What is not modelled says so: 501, and the name of what is missing."""

import pytest

from sim365.modelled import gaps
from sim365.routes import all_routes

PLACES = {"{user}": "ben@harbour.test", "{tenant}": "harbour"}
PATHS = sorted(all_routes().gaps())


@pytest.mark.parametrize(("path", "gap"), PATHS, ids=[path for path, _ in PATHS])
def test_a_path_that_is_not_modelled_names_itself(graph, path, gap):
    for name, value in PLACES.items():
        path = path.replace(name, value)

    told = graph.get(path, status=501)

    assert gap in told["error"]["message"]


def test_every_gap_is_named_once():
    named = [gap.name for gap in gaps()]

    assert len(named) == len(set(named))
