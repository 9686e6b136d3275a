"""Every setting there is, in one table: name, kind, default, what it means.

Decides what may be said in `holdfast.toml` and in the environment; reads neither. The reference page of settings is
written from this table, and a name that is not in it is an error.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

PORT_MAX = 65_535
PROCESSES_MAX = 64
THREADS_MAX = 256
PROXIES_MAX = 5
SECRET_KEY_CHARACTERS_MIN = 50
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("auto", "console", "json")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_HOST_NAME = re.compile(r"\*|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?")

Value = str | int | bool | tuple[str, ...] | Path | None
Read = Callable[[object], Value]


class Unfit(ValueError):
    """A value that its setting cannot take; the message ends the sentence "the value …"."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `name` is its place in TOML (`section.key`)."""

    name: str
    read: Read
    default: Value
    meaning: str
    remedy: str
    environment: str = ""
    secret: bool = False
    environment_only: bool = False

    @property
    def variable(self) -> str:
        return self.environment or "HOLDFAST_" + self.name.replace(".", "_").upper()


def text(value: object) -> Value:
    if not isinstance(value, str):
        raise Unfit("is not a text.")
    if any(ord(character) < 32 for character in value):
        raise Unfit("holds control characters.")
    return value.strip()


def path(value: object) -> Value:
    given = text(value)
    assert isinstance(given, str)
    if not given:
        raise Unfit("is empty.")
    return Path(given).expanduser()


def flag(value: object) -> Value:
    if isinstance(value, bool):
        return value
    lowered = str(value).strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise Unfit("is neither true nor false.")


def number(lowest: int, highest: int) -> Read:
    def read(value: object) -> Value:
        if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,9}", str(value).strip()):
            raise Unfit("is not a whole number.")
        given = int(str(value))
        if not lowest <= given <= highest:
            raise Unfit(f"is not between {lowest} and {highest}.")
        return given

    return read


def one_of(*choices: str) -> Read:
    def read(value: object) -> Value:
        given = str(value).strip().lower()
        if given not in choices:
            raise Unfit(f"is none of {', '.join(choices)}.")
        return given

    return read


def texts(value: object) -> Value:
    """A TOML list, or one text with commas."""
    parts = cast("list[object]", value) if isinstance(value, list) else str(value).split(",")
    return tuple(part for part in (str(text(item)) for item in parts) if part)


def host_names(value: object) -> Value:
    names = texts(value)
    assert isinstance(names, tuple)
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise Unfit(f"holds {name!r}, which is no host name.")
    return names


def host_name(value: object) -> Value:
    given = text(value)
    assert isinstance(given, str)
    if not given or not _HOST_NAME.fullmatch(given) or given == "*":
        raise Unfit("is no host name or address.")
    return given


def web_address(value: object) -> Value:
    """An address such as https://rooms.example.org; empty where there is none."""
    given = text(value)
    assert isinstance(given, str)
    if not given:
        return ""
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unfit("is not a web address (https://…).")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Unfit("holds a user, a query or a fragment.")
    return given.rstrip("/")


def database_address(value: object) -> Value:
    given = text(value)
    assert isinstance(given, str)
    if given and urlsplit(given).scheme not in {"postgresql", "postgres"}:
        raise Unfit("is not a PostgreSQL address (postgresql://…).")
    return given


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "state",
        path,
        Path(".holdfast"),
        "The directory that holds everything of this installation: the embedded database, keys, `holdfast.toml`, logs.",
        "Name a directory that this user may write.",
        environment_only=True,
    ),
    Setting(
        "config",
        path,
        None,
        "The settings file. Without it, `holdfast.toml` in the state directory is read if it is there.",
        "Name a readable TOML file.",
        environment_only=True,
    ),
    Setting(
        "debug",
        flag,
        default=False,
        meaning="Must stay false: error pages with internals are never shown. It exists so that a habit is answered.",
        remedy="Remove it; what went wrong is in the log.",
    ),
    Setting(
        "secret_key",
        text,
        "",
        "Signs sessions and forms. Made on first start and kept in `keys/secret.key` of the state directory.",
        f"Give at least {SECRET_KEY_CHARACTERS_MIN} random characters, or leave it out and one is made.",
        secret=True,
    ),
    Setting(
        "master_keys",
        texts,
        (),
        "Seal what is stored about connections (client secrets). 32 random bytes each, base64url, separated by commas; "
        "the first one writes, all of them read. Made on first start and kept in `keys/master.keys`.",
        "Each key is 32 random bytes in base64url; `holdfast keys rotate` makes one.",
        secret=True,
    ),
    Setting(
        "database.url",
        database_address,
        "",
        "A PostgreSQL (15 or later) to use instead of the embedded one, as the app's role. Needed for several hosts.",
        "Write it as postgresql://holdfast_app:…@host/holdfast.",
        environment="DATABASE_URL",
        secret=True,
    ),
    Setting(
        "database.owner_url",
        database_address,
        "",
        "The same database as the role that owns the tables; only migrations use it.",
        "Write it as postgresql://holdfast_owner:…@host/holdfast.",
        environment="DATABASE_OWNER_URL",
        secret=True,
    ),
    Setting(
        "web.host",
        host_name,
        "127.0.0.1",
        "The address on which the web server listens. Loopback unless a reverse proxy elsewhere must reach it.",
        "Use 127.0.0.1, ::1, 0.0.0.0 or an address of this machine.",
    ),
    Setting(
        "web.port",
        number(1, PORT_MAX),
        8000,
        "The port on which the web server listens.",
        f"Give a free port between 1 and {PORT_MAX}.",
    ),
    Setting(
        "web.processes",
        number(1, PROCESSES_MAX),
        1,
        "Web processes.",
        "One or two for each core are plenty.",
    ),
    Setting(
        "web.threads",
        number(1, THREADS_MAX),
        16,
        "Requests that one web process answers at the same time; each may hold one database connection.",
        "Keep processes × threads, with the workers', below the database's connection limit.",
    ),
    Setting(
        "web.allowed_hosts",
        host_names,
        (),
        "Host names by which the product may be called, besides those of loopback and of `web.public_url`.",
        "Name the hosts; * is for loopback only.",
    ),
    Setting(
        "web.public_url",
        web_address,
        "",
        "The address under which people and Microsoft reach this installation. Without it changes in Outlook are "
        "found by asking regularly instead of being told.",
        "Write it as https://rooms.example.org.",
    ),
    Setting(
        "web.trusted_proxies",
        number(0, PROXIES_MAX),
        0,
        "How many reverse proxies stand in front, each adding to X-Forwarded-For. Headers beyond are not believed.",
        "Count the proxies between the visitor and Holdfast; 0 where there is none.",
    ),
    Setting(
        "web.notices_url",
        web_address,
        "",
        "Where Microsoft delivers its notices, if that is another address than `web.public_url`.",
        "Write it as https://rooms.example.org.",
    ),
    Setting(
        "outgoing.ca_file",
        path,
        None,
        "A PEM file of authorities trusted for outgoing connections besides the public ones, such as sim365's.",
        "Name a readable PEM file.",
    ),
    Setting(
        "outgoing.proxy",
        web_address,
        "",
        "An HTTP proxy for connections to Microsoft. The proxy variables of the environment are not obeyed.",
        "Write it as http://proxy.example.org:3128.",
    ),
    Setting(
        "worker.processes",
        number(1, PROCESSES_MAX),
        1,
        "Worker processes on this host.",
        "One is enough for some hundred rooms.",
    ),
    Setting(
        "worker.threads",
        number(1, THREADS_MAX),
        8,
        "Mailboxes that one worker tends at the same time; each may hold one database connection.",
        "Keep processes × threads, with the web's, below the database's connection limit.",
    ),
    Setting(
        "log.level",
        one_of(*LOG_LEVELS),
        "info",
        "What is logged: this and everything graver.",
        f"One of {', '.join(LOG_LEVELS)}.",
    ),
    Setting(
        "log.format",
        one_of(*LOG_FORMATS),
        "auto",
        "One JSON object for each line, or lines for people. `auto`: people at a terminal, JSON elsewhere.",
        f"One of {', '.join(LOG_FORMATS)}.",
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
BY_VARIABLE = {setting.variable: setting for setting in SETTINGS}
