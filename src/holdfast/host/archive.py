"""Backups: the whole database in one archive with a manifest, and back.

Decides what an archive holds and where it may be read into: an empty database only. The master keys are not in it: a
stolen backup opens no connection. After a restore the installation must ask before it writes to calendars that a newer
copy of itself may have written to since; the mirror sees that by the marker on each calendar.
"""

import hashlib
import json
import os
import subprocess
import tarfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from holdfast.database.sealing import Ring
from holdfast.host import places
from holdfast.host.config import Config
from holdfast.host.errors import ArchiveUnfit, ToolMissing
from holdfast.host.postgres import SUPERUSER, EmbeddedPostgres, wheel_binaries
from holdfast.host.release import VERSION
from holdfast.ports import clock

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
MANIFEST_BYTES_MAX = 1 << 20
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says about itself."""

    format: int
    holdfast: str
    made_at: str
    server: str
    owner: str
    app: str
    key_ids: tuple[str, ...]
    sha256: str

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def backup(config: Config, target: Path, *, admin_url: str = "") -> Manifest:
    """Write everything into `target`, which must not exist. Raises ToolMissing, FileExistsError."""
    url = _admin_url(config, admin_url)
    with TemporaryDirectory(dir=target.parent, prefix=".backup-") as made:
        dump = Path(made) / DUMP
        _run(
            "pg_dump", "--format=custom", "--no-publications", "--no-subscriptions", f"--file={dump}", f"--dbname={url}"
        )
        manifest = Manifest(
            format=FORMAT,
            holdfast=VERSION,
            made_at=clock.now().isoformat(timespec="seconds"),
            server=_server_version(url),
            owner=str(config.database.owner["USER"] or "holdfast_owner"),
            app=str(config.database.app["USER"]),
            key_ids=Ring(config.master_keys).key_ids,
            sha256=_sha256(dump),
        )
        _pack(manifest, dump, target)
    return manifest


def read_manifest(archive: Path) -> Manifest:
    """What an archive says about itself. Raises ArchiveUnfit."""
    try:
        with tarfile.open(archive, "r:") as packed:
            member = packed.extractfile(MANIFEST)
            found: dict[str, Any] = json.loads(member.read(MANIFEST_BYTES_MAX)) if member else {}
        found["key_ids"] = tuple(found["key_ids"])
        manifest = Manifest(**found)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise ArchiveUnfit(f"{archive} is no backup of Holdfast, or it is damaged ({error})") from error
    if manifest.format > FORMAT:
        raise ArchiveUnfit(f"{archive} was made by Holdfast {manifest.holdfast}, which is newer: update this one first")
    return manifest


def check(archive: Path) -> Manifest:
    """Read all of an archive and compare it with what it says about itself. Raises ArchiveUnfit."""
    manifest = read_manifest(archive)
    try:
        with tarfile.open(archive, "r:") as packed:
            member = packed.extractfile(DUMP)
            found = hashlib.file_digest(member, "sha256").hexdigest() if member else ""  # pyright: ignore[reportArgumentType]
    except (OSError, tarfile.TarError, KeyError) as error:
        raise ArchiveUnfit(f"{archive} is damaged ({error})") from error
    if found != manifest.sha256:
        raise ArchiveUnfit(f"{archive} is damaged: its content is not what its manifest says")
    return manifest


def restore(config: Config, archive: Path, *, admin_url: str = "") -> Manifest:
    """Read an archive into the empty database of `config`. Raises ArchiveUnfit and leaves nothing half done."""
    manifest = check(archive)
    url = _admin_url(config, admin_url)
    names = (config.database.owner["USER"], config.database.app["USER"])
    if names != (manifest.owner, manifest.app):
        raise ArchiveUnfit(
            f"the archive's roles are {manifest.owner} and {manifest.app}, here they are {names[0]} and {names[1]}: "
            "let the addresses name roles of the same names"
        )
    _refuse_full(url)
    with _unpacked(archive) as dump:
        _run("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={url}", str(dump))
    return manifest


def missing_keys(config: Config, manifest: Manifest) -> list[str]:
    """Ids of master keys that sealed something in the archive and are not at hand."""
    return [kid for kid in manifest.key_ids if kid not in Ring(config.master_keys).key_ids]


def _admin_url(config: Config, admin_url: str) -> str:
    """Row security binds even the owner, so only an administrator sees every row."""
    if config.database.is_embedded:
        return EmbeddedPostgres(places.database_directory(config.state)).url(SUPERUSER)
    if not admin_url:
        raise ArchiveUnfit(
            "row security hides rows even from the owner: name a role that may see all of them with --admin-url "
            "(a superuser, or one with BYPASSRLS)"
        )
    return admin_url


def _refuse_full(url: str) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if row and row[0]:
        raise ArchiveUnfit(
            f"the database has {row[0]} tables already: restore into an empty one (another HOLDFAST_STATE, or a new "
            "database)"
        )


def _pack(manifest: Manifest, dump: Path, target: Path) -> None:
    """The manifest first, so that it can be read without the rest. The archive appears whole or not at all."""
    unfinished = dump.with_name("archive")
    described = dump.with_name(MANIFEST)
    described.write_text(json.dumps(asdict(manifest), indent=2) + "\n")
    with tarfile.open(unfinished, "x:") as packed:
        packed.add(described, arcname=MANIFEST)
        packed.add(dump, arcname=DUMP)
    unfinished.chmod(0o600)
    os.link(unfinished, target)  # unlike a rename it never replaces an older backup


@contextmanager
def _unpacked(archive: Path) -> Generator[Path]:
    with TemporaryDirectory(prefix="holdfast-restore-") as directory, tarfile.open(archive, "r:") as packed:
        dump = Path(directory) / DUMP
        member = packed.extractfile(DUMP)
        if member is None:
            raise ArchiveUnfit(f"{archive} holds no database")
        with dump.open("wb") as out:
            while chunk := member.read(_CHUNK):
                out.write(chunk)
        yield dump


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _server_version(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""


def _run(program: str, *arguments: str) -> None:
    """A password never stands in the arguments of a process, where everybody on the machine can read it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    shown = [_without_password(argument, environment) for argument in arguments]
    done = subprocess.run(  # noqa: S603  our own binary and arguments
        [wheel_binaries() / program, *shown], capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode != 0:
        raise ToolMissing(f"{program} failed: {done.stderr.strip()[-800:]}")


def _without_password(argument: str, environment: dict[str, str]) -> str:
    if not argument.startswith("--dbname="):
        return argument
    parts: dict[str, Any] = dict(conninfo_to_dict(argument.removeprefix("--dbname=")))
    password = parts.pop("password", None)
    if password:
        environment["PGPASSWORD"] = str(password)
    return "--dbname=" + make_conninfo(**parts)
