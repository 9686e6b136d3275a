"""How the person with a tenant lets the suite in.

The secret comes from the environment or a file, never from the command line, where other users of the machine and the
shell's history would see it; it is handed to MSAL and printed nowhere. The list of mailboxes is a file that the person
writes: one mailbox per line with what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

import httpx
import msal

from sim365.contract.errors import RefusedError
from sim365.contract.ground import Cast

LOGIN = "https://login.microsoftonline.com"
ROOT = "https://graph.microsoft.com/v1.0"
SCOPE = "https://graph.microsoft.com/.default"
APP_VARIABLE, SECRET_VARIABLE, SECRET_FILE_VARIABLE = (
    "SIM365_CONTRACT_APP",
    "SIM365_CONTRACT_SECRET",
    "SIM365_CONTRACT_SECRET_FILE",
)
_TENANT = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,252}")
_ADDRESS = re.compile(r"[^\s@/?#%]+@[^\s@/?#%]+\.[^\s@/?#%]+")
LIST_HELP = """\
Write one mailbox per line, people first, for example:

  person ada.test@contoso.example
  person ben.test@contoso.example
  room   room.test@contoso.example
"""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An app registration's id and secret; the secret never shows."""

    app: str
    secret: str = field(repr=False)


class HttpForMsal(Protocol):
    """What MSAL asks of an HTTP client."""

    def get(self, url: str, **more: Any) -> Any:
        """GET."""
        ...

    def post(self, url: str, **more: Any) -> Any:
        """POST."""
        ...


def read_credentials(environment: Mapping[str, str]) -> Credentials:
    """The app and its secret."""
    app = environment.get(APP_VARIABLE, "").strip()
    secret, file = environment.get(SECRET_VARIABLE, ""), environment.get(SECRET_FILE_VARIABLE, "")
    if not app:
        message = f"Put the application (client) id of an app registration into {APP_VARIABLE}."
        raise RefusedError(message)
    if bool(secret) == bool(file):
        message = (
            f"Put its secret into {SECRET_VARIABLE}, or the path of a file that holds it into {SECRET_FILE_VARIABLE}."
        )
        raise RefusedError(message)
    if file:
        try:
            secret = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            message = f"The file that {SECRET_FILE_VARIABLE} names cannot be read ({type(error).__name__})."
            raise RefusedError(message) from error
    if not secret:
        message = f"The file that {SECRET_FILE_VARIABLE} names is empty."
        raise RefusedError(message)
    return Credentials(app, secret)


def check_tenant(tenant: str) -> str:
    """A tenant's id or domain; never one of the addresses that stand for all tenants."""
    if not _TENANT.fullmatch(tenant) or tenant.lower() in {"common", "organizations", "consumers"}:
        message = f"{tenant!r} is not one tenant: give its id, or a domain of it."
        raise RefusedError(message)
    return tenant


def read_cast(text: str, *, webhook: str | None = None) -> tuple[Cast, tuple[str, ...]]:
    """Who plays, and every listed mailbox."""
    people: list[str] = []
    rooms: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        kinds = {"person": people, "room": rooms}
        if len(words) != 2 or words[0] not in kinds or not _ADDRESS.fullmatch(words[1]):
            message = f"Line {number} of the list of mailboxes is not 'person ADDRESS' or 'room ADDRESS'. {LIST_HELP}"
            raise RefusedError(message)
        kinds[words[0]].append(words[1].lower())
    listed = (*people, *rooms)
    if len(set(listed)) != len(listed):
        message = "A mailbox stands in the list twice."
        raise RefusedError(message)
    if not 2 <= len(listed) <= 6 or not people:
        message = f"The list must name two to six mailboxes, at least one of them a person's. {LIST_HELP}"
        raise RefusedError(message)
    domain = people[0].partition("@")[2]
    guest, room = (people[1] if len(people) > 1 else None), (rooms[0] if rooms else None)
    return Cast(people[0], guest, room, webhook, absent=f"nobody-has-this.sim365@{domain}"), listed


def bearer_of(
    credentials: Credentials, *, authority: str, http: HttpForMsal | None = None, discovery: bool = True
) -> Callable[[], str]:
    """A source of access tokens; MSAL keeps one until shortly before it expires."""
    made: list[Any] = []

    def bearer() -> str:
        try:
            if not made:
                made.append(_application(credentials, authority, http, discovery=discovery))
            answer = cast("dict[str, Any]", made[0].acquire_token_for_client([SCOPE]) or {})
        except (ValueError, OSError, httpx.HTTPError) as error:
            message = f"The login host {authority} gave no token ({type(error).__name__}). Check the tenant's name."
            raise RefusedError(message) from error
        token = answer.get("access_token")
        if not isinstance(token, str):
            told = str(answer.get("error_description") or answer.get("error") or "no reason given").splitlines()[0]
            message = f"The login host gave no token: {told}"
            raise RefusedError(message)
        return token

    return bearer


def _application(credentials: Credentials, authority: str, http: HttpForMsal | None, *, discovery: bool) -> Any:
    return msal.ConfidentialClientApplication(
        credentials.app,
        client_credential=credentials.secret,
        authority=authority,
        instance_discovery=discovery,
        http_client=http,
    )
