"""The peer's own Python environment, made by its lock file when it is first needed.

Apart from ours, so that neither brings the other a library. `make bench` reaches it here and nowhere else.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements" / "bench.txt"
PLACE = ROOT / ".holdfast" / "bench-venv"
_MARK = PLACE / ".installed"


def program(name: str) -> Path:
    """A program of the peer's environment."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not _MARK.exists() or _MARK.read_text() != wanted:
        print(f"  Downloading the peer by requirements/{LOCK.name} (10 MB once)", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", PLACE], check=True)
        pip = [PLACE / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", LOCK], check=True)
        _MARK.write_text(wanted)
    return PLACE / "bin" / name
