"""What a reader would trip over: too long, unfinished, a path of one machine, a second door to time, a lost page.

Each check names the file and the line. It reads the files that git knows or would know; nothing is run.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tools import reference

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_LINES_MAX = 50
MODULE_LINES_MAX = 400
TEMPLATE_LINES_MAX = 80
SCRIPT_LINES_MAX = 150
TEXT_BYTES_MAX = 400_000
LOCKS = {"package-lock.json", "runtime.txt", "dev.txt", "build.txt", "bench.txt"}

# Written so that this file does not hold what it looks for.
UNFINISHED = re.compile(
    r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b|" + "NotImplemented" + "Error"
)
MACHINE_PATH = re.compile(r"(?<![\w.])/(" + "|".join(("wo" + "rk", "ro" + "ot", "fa" + "rm")) + r")/")
REGISTRY = re.compile(r"\b(" + "|".join(("py" + "pi", "python" + "hosted", "npm" + "js")) + r")\W{1,2}(org|com)\b")
PATCHES = re.compile(
    r"mock\.patch|monkeypatch\.(setattr|setitem)\(\s*[\"']?(holdfast|sim365)|create_autospec|MagicMock"
)
SQL_NOW = re.compile(r"\b(now\(\)|current_timestamp|statement_timestamp\(\)|localtimestamp)", re.IGNORECASE)

DOORS = ("src/holdfast/ports/", "src/sim365/clock.py")
TIMES = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
    ("time", "sleep"),
    ("uuid", "uuid1"),
    ("uuid", "uuid4"),
    ("random", "random"),
    ("random", "randint"),
    ("random", "choice"),
    ("random", "shuffle"),
    ("random", "SystemRandom"),
    ("timezone", "now"),
}
BARE_TIMES = {"uuid4", "uuid1", "utcnow"}


@cache
def files() -> tuple[str, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


@cache
def text_of(name: str) -> str:
    path = ROOT / name
    if path.stat().st_size > TEXT_BYTES_MAX or path.name in LOCKS:
        return ""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(text_of(name), filename=name)


def python(*folders: str) -> list[str]:
    return [name for name in files() if name.endswith(".py") and name.startswith(folders)]


def hits(pattern: re.Pattern[str], names: Iterator[str] | list[str]) -> list[str]:
    return [
        f"{name}:{number} {line.strip()[:90]}"
        for name in names
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if pattern.search(line)
    ]


def told(found: list[str]) -> str:
    return "\n" + "\n".join(found)


def test_functions_fit_on_a_screen():
    found = [
        f"{name}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for name in python("src/", "tools/")
        if "/migrations/" not in name
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert not found, told(found)


@pytest.mark.parametrize(
    ("suffix", "most"), [(".py", MODULE_LINES_MAX), (".html", TEMPLATE_LINES_MAX), (".js", SCRIPT_LINES_MAX)]
)
def test_files_are_short_enough_to_be_read(suffix: str, most: int):
    found = [
        f"{name} has {lines} lines of {most}"
        for name in files()
        if name.startswith("src/") and name.endswith(suffix) and "/migrations/" not in name
        if (lines := text_of(name).count("\n")) > most
    ]
    assert not found, told(found)


def test_every_module_says_what_it_is_for():
    found = [
        name
        for name in python("src/", "tools/")
        if "/migrations/" not in name and text_of(name).strip() and ast.get_docstring(tree_of(name)) is None
    ]
    assert not found, told(found)


def test_nothing_is_left_unfinished():
    found = hits(
        UNFINISHED, [name for name in files() if name.endswith((".py", ".html", ".js", ".css", ".sql", ".md"))]
    )
    assert not found, told(found)


def test_no_path_of_one_machine_is_written_down():
    found = hits(MACHINE_PATH, list(files()))
    assert not found, told(found)


def test_no_registry_is_named():
    """Which registry packages come from is the machine's choice; the locks hold hashes only."""
    found = [
        f"{name}:{number}"
        for name in files()
        for number, line in enumerate((ROOT / name).read_text(errors="replace").splitlines(), 1)
        if not name.endswith((".png", ".svg")) and REGISTRY.search(line)
    ]
    assert not found, told(found)


def test_time_and_chance_have_one_door():
    found = [
        f"{name}:{line} {what}"
        for name in python("src/")
        if not name.startswith(DOORS)
        for line, what in _direct_times(tree_of(name))
    ]
    assert not found, told(found)


def _direct_times(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in TIMES:
                yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module in {"time", "random", "uuid"}:
            direct = BARE_TIMES | {attribute for module, attribute in TIMES if module == node.module}
            for alias in node.names:
                if alias.name in direct:
                    yield node.lineno, f"from {node.module} import {alias.name}"


def test_statements_get_the_time_from_us():
    """The database's own clock knows nothing of a simulated world."""
    found = [
        f"{name}:{line}"
        for name in python("src/holdfast/")
        for line, text in _texts(tree_of(name))
        if SQL_NOW.search(text) and re.search(r"\b(SELECT|UPDATE|INSERT|DELETE|DEFAULT|WHERE)\b", text)
    ]
    found += hits(SQL_NOW, [name for name in files() if name.endswith(".sql")])
    assert not found, told(found)


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts of the program, without docstrings."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_tests_do_not_patch_what_they_test():
    found = hits(PATCHES, [name for name in python("tests/") if name != "tests/test_tidy.py"])
    assert not found, told(found)


def test_every_page_of_the_documentation_can_be_found():
    """From the indexes one reaches every page by links, and no link leads nowhere."""
    seen: set[Path] = set()
    waiting = [page for page in (ROOT / "README.md", ROOT / "docs" / "README.md") if page.exists()]
    broken: list[str] = []
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        for target in _links(page):
            if not target.exists():
                broken.append(f"{page.relative_to(ROOT)} links to {target}")
            elif target.suffix == ".md":
                waiting.append(target)
    lost = [name for name in files() if name.startswith("docs/") and name.endswith(".md") and ROOT / name not in seen]
    assert not broken, told(broken)
    assert not lost, told(lost)


def _links(page: Path) -> Iterator[Path]:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", link):
            yield (page.parent / link.partition("#")[0]).resolve()


@pytest.mark.parametrize("page", reference.PAGES)
def test_written_pages_say_what_the_code_says(page: str):
    assert (ROOT / page).read_text() == reference.PAGES[page](), f"{page} is stale: run `make docs`"
