"""The simulator without Holdfast: as a package of its own, with the fixture that other projects use, and its tests."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN_TESTS = ("sim365", "sim365_outer", "documented", "compat", "contract")
DISTRIBUTIONS = {"jwt": "pyjwt", "yaml": "pyyaml", "dateutil": "python-dateutil"}
"""What is imported under another name than it is installed."""
A_TEST_OF_ANOTHER_PRODUCT = """
import sys
from datetime import UTC, datetime

import sim365 as package

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def test_ada_books_the_aquarium(sim365):
    ada = sim365.control.person("ada@fjord.example")
    ada.create_event("Charts", NOON, attendees=["aquarium@fjord.example"])
    sim365.control.settle()
    assert [mail for mail in sim365.control.mails() if mail["sender"] == "aquarium@fjord.example"]


def test_the_next_test_begins_anew(sim365):
    assert sim365.control.mails() == []
    assert "Charts" not in [event["subject"] for event in sim365.control.person("ada@fjord.example").events()]


def test_nothing_of_another_product_was_needed():
    assert {"holdfast", "django", "psycopg"} & set(sys.modules) == set()
    assert "installed" in package.__file__
"""


def run(*command, place, **environment):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=place,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_another_product_installs_it_and_uses_its_fixture(tmp_path):
    """The tree is copied, because building leaves its traces beside what it builds."""
    for part in ("packages/sim365", "src/sim365"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "build"))
    pip = ("-m", "pip", "--disable-pip-version-check", "--no-input")
    offline = ("--no-deps", "--no-index")
    run(*pip, "wheel", *offline, "--no-build-isolation", "-w", "wheels", "./packages/sim365", place=tmp_path)
    (wheel,) = (tmp_path / "wheels").glob("sim365-*.whl")
    run(*pip, "install", *offline, "--target", "installed", str(wheel), place=tmp_path)
    (tmp_path / "test_product.py").write_text(A_TEST_OF_ANOTHER_PRODUCT, encoding="utf-8")

    run_of_tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_product.py")
    told = run(*run_of_tests, place=tmp_path, PYTHONPATH="installed")

    assert "3 passed" in told


def test_its_tests_need_nothing_of_holdfast():
    """So that they run with `pytest --confcutdir=tests/sim365 tests/sim365 tests/sim365_outer …`."""
    found = []
    for folder in OWN_TESTS:
        for path in sorted((ROOT / "tests" / folder).rglob("*.py")):
            for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
                top, *rest = name.split(".")
                if top == "holdfast" or (top == "tests" and (not rest or rest[0] not in OWN_TESTS)):
                    found.append(f"{path.relative_to(ROOT)} imports {name}")
    assert found == []


def test_its_package_names_every_library_that_it_imports():
    described = tomllib.loads((ROOT / "packages/sim365/pyproject.toml").read_text(encoding="utf-8"))
    named = {re.split(r"[^a-z0-9-]", each)[0] for each in described["project"]["dependencies"]}
    modules = {
        name.split(".")[0]
        for path in (ROOT / "src/sim365").rglob("*.py")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    outside = modules - set(sys.stdlib_module_names) - {"sim365", "pytest"}

    assert sorted({DISTRIBUTIONS.get(module, module) for module in outside} - named) == []


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ([f"tests.{alias.name}" for alias in node.names] if node.module == "tests" else [node.module])
