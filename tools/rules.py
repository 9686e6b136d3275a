"""`make rules`: which rules of the five systems the tests show to hold, and which are missing, by system.

A rule holds here if a test carries its number in `@pytest.mark.rule(...)`; that the test passes is `make test`'s word.
Reads the tests' source and imports nothing of them.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SYSTEMS = {"N": "Nexudus", "A": "anny", "S": "SuperOffice Synchronizer", "Q": "Quick3", "O": "OfficeRnD Hybrid"}


def stated() -> dict[str, tuple[str, str]]:
    """Number -> (letters of the systems that state it, what must hold)."""
    rows = (
        line.split("\t") for line in (ROOT / "tests/rules.tsv").read_text().splitlines() if not line.startswith("#")
    )
    return {number: (letters, phrase) for number, letters, phrase in rows}


def marked(name: str) -> dict[str, list[str]]:
    """Number -> the tests that carry it in the marker `name`."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for test, numbers in _tests(ast.parse(path.read_text()), name):
            for number in numbers:
                found.setdefault(number, []).append(f"{path.relative_to(ROOT)}::{test}")
    return found


def _tests(tree: ast.Module, name: str) -> Iterator[tuple[str, list[str]]]:
    whole_module = [
        number for node in tree.body if isinstance(node, ast.Assign) for number in _numbers(node.value, name)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, whole_module + [number for mark in node.decorator_list for number in _numbers(mark, name)]


def _numbers(mark: ast.expr, name: str) -> list[str]:
    """The texts inside every `pytest.mark.<name>(...)` below this expression."""
    return [
        argument.value
        for call in ast.walk(mark)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == name
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def main() -> int:
    rules, held = stated(), marked("rule")
    unknown = sorted(set(held) - set(rules))
    for letter, system in SYSTEMS.items():
        of_system = [number for number, (letters, _) in rules.items() if letter in letters]
        missing = [number for number in of_system if number not in held]
        print(f"{system}: {len(of_system) - len(missing)} of {len(of_system)} held")
        for number in missing:
            print(f"    missing {number}  {rules[number][1]}")
    tests = {test for carriers in held.values() for test in carriers}
    print(f"all: {len(set(held) & set(rules))} of {len(rules)} rules held by {len(tests)} tests")
    for number in unknown:
        print(f"unknown number {number} in {held[number][0]}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
