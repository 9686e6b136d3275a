"""The certificate authority of one simulator: made once, kept, and issuing a server certificate at each start.

Clients trust the CA file, so it must survive a restart; the server's own certificate need not.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import trustme

from sim365.serving.errors import StateUnusable
from sim365.serving.listener import TlsFiles

NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a client must trust, and what the server shows."""

    ca_file: Path
    server: TlsFiles


def certificates_in(directory: Path) -> Certificates:
    """The CA kept in this directory, made where it is missing, and a fresh server certificate."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca_file, ca_key = directory / "ca.pem", directory / "ca.key"
    authority = _kept(ca_file, ca_key)
    issued = authority.issue_cert(*NAMES, organization_name="sim365")
    chain, key = directory / "server.pem", directory / "server.key"
    chain.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    _write_private(key, issued.private_key_pem.bytes())
    return Certificates(ca_file, TlsFiles(chain, key))


def _kept(ca_file: Path, ca_key: Path) -> trustme.CA:
    if not ca_file.exists() or not ca_key.exists():
        made = trustme.CA(organization_name="sim365", organization_unit_name="simulated login host")
        _write_private(ca_key, made.private_key_pem.bytes())
        ca_file.write_bytes(made.cert_pem.bytes())
    try:
        return trustme.CA.from_pem(ca_file.read_bytes(), ca_key.read_bytes())
    except ValueError as error:
        message = f"{ca_file} or {ca_key} is damaged: {error}. Delete both; the next start makes new ones."
        raise StateUnusable(message) from error


def _write_private(path: Path, text: bytes) -> None:
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text)
    new.replace(path)
