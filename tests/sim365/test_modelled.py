"""Every modelled behaviour is shown by a test that carries its key, and no test shows a behaviour that is not listed."""

import ast
from collections import Counter
from pathlib import Path

from sim365.modelled import behaviours
from sim365.switches import Switches

TESTS = Path(__file__).parents[1]
SECTIONS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]


def marked() -> set[str]:
    """The keys that tests of the simulator carry in `pytest.mark.fact`."""
    return {
        argument.value
        for path in TESTS.rglob("test_*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "fact"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_keys_are_unique():
    assert [key for key, times in Counter(each.key for each in behaviours()).items() if times > 1] == []


def test_every_modelled_behaviour_is_shown_by_a_test():
    assert sorted({each.key for each in behaviours()} - marked()) == []


def test_no_test_shows_a_behaviour_that_is_not_listed():
    assert sorted(marked() - {each.key for each in behaviours()}) == []


def test_a_behaviour_names_only_switches_that_exist():
    named = {each.switch for each in behaviours() if each.switch}

    assert sorted(named - set(Switches.__dataclass_fields__)) == []
