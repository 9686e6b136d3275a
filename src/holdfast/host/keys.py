"""The installation's own keys: made once, kept in files that only their owner may read.

Decides where the secret key and the master keys live; must never replace one that is lost while data exists that was
sealed with it: that would look like a working installation whose connections cannot be opened.
"""

import base64
import binascii
import os
import secrets
from pathlib import Path

from holdfast.host.errors import HostError

MASTER_KEY_BYTES = 32
_SECRET_KEY_BYTES = 48


class KeyLost(HostError):
    """A key file is missing although there is data that needs it."""


class KeyOpen(HostError):
    """A key file may be read by others than its owner."""


def secret_key(state: Path) -> str:
    """The key that signs sessions; made on first use. Losing it only signs everybody out."""
    file = _directory(state) / "secret.key"
    if not file.exists():
        _write_once(file, secrets.token_urlsafe(_SECRET_KEY_BYTES) + "\n")
    return _read(file).strip()


def master_keys(state: Path) -> tuple[str, ...]:
    """The keys that seal, the writing one first; one is made where there is no data yet."""
    file = _directory(state) / "master.keys"
    if not file.exists():
        if (state / "postgres" / "data" / "PG_VERSION").exists():
            raise KeyLost(
                f"{file} is missing although {state} holds data sealed with it. "
                "Put it back from your backup of the keys or set HOLDFAST_MASTER_KEYS."
            )
        _write_once(file, new_master_key() + "\n")
    return tuple(line.strip() for line in _read(file).splitlines() if line.strip())


def put_first(state: Path, key: str) -> None:
    """Let `key` write from now on; the older ones go on reading. The file is replaced in one step."""
    file = _directory(state) / "master.keys"
    _replace(file, "\n".join([key, *(old for old in master_keys(state) if old != key)]) + "\n")


def drop_all_but_first(state: Path) -> int:
    """Forget the keys that only read; answers how many."""
    keys = master_keys(state)
    _replace(_directory(state) / "master.keys", keys[0] + "\n")
    return len(keys) - 1


def new_master_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode().rstrip("=")


def is_master_key(text: str) -> bool:
    """True where the text is 32 bytes in base64url."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == MASTER_KEY_BYTES


def _directory(state: Path) -> Path:
    directory = state / "keys"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def _read(file: Path) -> str:
    if file.stat().st_mode & 0o077:
        raise KeyOpen(f"{file} may be read by others: `chmod 600 '{file}'`, and consider the key known.")
    return file.read_text()


def _write_once(file: Path, content: str) -> None:
    """Two processes may start at once: whoever links first decides, the other one reads that."""
    draft = _draft(file, content)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _replace(file: Path, content: str) -> None:
    _draft(file, content).replace(file)


def _draft(file: Path, content: str) -> Path:
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    return draft
