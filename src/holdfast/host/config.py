"""The one typed configuration, made from what `holdfast.host.reading` found.

Decides which settings may stand together and refuses what would be unsafe, every problem at once. It must not connect
anywhere: what only the database can answer (who the app's role is) is checked when it is started.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from holdfast.host import keys
from holdfast.host.declared import BY_NAME, SECRET_KEY_CHARACTERS_MIN, SETTINGS, Value
from holdfast.host.errors import ConfigurationInvalid, HostError, Problem
from holdfast.host.postgres import OWNER, EmbeddedPostgres
from holdfast.host.reading import MASK, Values, problem, read

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
CONNECT_TIMEOUT_S = 10
_DISTINCT_CHARACTERS_MIN = 10


@dataclass(frozen=True, slots=True)
class Database:
    """Where the data is. `app` and `owner` are in Django's words; embedded means that we run the server."""

    url: str = field(repr=False)
    owner_url: str = field(repr=False)
    is_embedded: bool

    @property
    def app(self) -> dict[str, Any]:
        return _django_database(self.url)

    @property
    def owner(self) -> dict[str, Any]:
        return _django_database(self.owner_url)


@dataclass(frozen=True, slots=True)
class Web:
    host: str
    port: int
    processes: int
    threads: int
    allowed_hosts: tuple[str, ...]
    public_url: str
    notices_url: str
    trusted_proxies: int

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'127.0.0.1' if host in {'0.0.0.0', '[::]'} else host}:{self.port}"  # noqa: S104  compared, not bound

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How connections to Microsoft leave this machine."""

    ca_file: Path | None
    proxy: str


@dataclass(frozen=True, slots=True)
class Worker:
    processes: int
    threads: int


@dataclass(frozen=True, slots=True)
class Log:
    level: str
    format: str


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, checked. Secrets do not show in its repr; `printable` masks them."""

    state: Path
    secret_key: str = field(repr=False)
    master_keys: tuple[str, ...] = field(repr=False)
    database: Database
    web: Web
    outgoing: Outgoing
    worker: Worker
    log: Log
    printable: tuple[tuple[str, str, str], ...] = field(repr=False)
    """Name, value (masked where secret) and source of every setting."""


def load(environment: Mapping[str, str] | None = None) -> Config:
    """The configuration of this process. Raises ConfigurationInvalid with every problem at once."""
    found = read(os.environ if environment is None else environment)
    state = cast("Path", found.values["state"]).absolute()
    found.problems += _judge(found.values)
    secret, masters = _keys(found, state)
    if found.problems:
        raise ConfigurationInvalid(found.problems)
    return _assemble(found, state=state, secret=secret, masters=masters)


def _assemble(found: Values, *, state: Path, secret: str, masters: tuple[str, ...]) -> Config:
    value = found.values
    web = Web(
        host=cast("str", value["web.host"]),
        port=cast("int", value["web.port"]),
        processes=cast("int", value["web.processes"]),
        threads=cast("int", value["web.threads"]),
        allowed_hosts=_allowed_hosts(value),
        public_url=cast("str", value["web.public_url"]),
        notices_url=cast("str", value["web.notices_url"] or value["web.public_url"]),
        trusted_proxies=cast("int", value["web.trusted_proxies"]),
    )
    return Config(
        state=state,
        secret_key=secret,
        master_keys=masters,
        database=_database(value, state),
        web=web,
        outgoing=Outgoing(cast("Path | None", value["outgoing.ca_file"]), cast("str", value["outgoing.proxy"])),
        worker=Worker(cast("int", value["worker.processes"]), cast("int", value["worker.threads"])),
        log=Log(cast("str", value["log.level"]), cast("str", value["log.format"])),
        printable=tuple((s.name, _shown(s.secret, value[s.name]), found.sources[s.name]) for s in SETTINGS),
    )


def _shown(secret: bool, value: Value) -> str:  # noqa: FBT001  the only two arguments, of two kinds
    if secret:
        return MASK if value else "(made by us)"
    return ", ".join(value) if isinstance(value, tuple) else str("" if value is None else value)


def _judge(value: Mapping[str, Value]) -> list[Problem]:
    """What each setting alone cannot know."""
    return [*_judge_keys(value), *_judge_database(value), *_judge_web(value), *_judge_outgoing(value)]


def _judge_keys(value: Mapping[str, Value]) -> list[Problem]:
    found: list[Problem] = []
    if value["debug"]:
        found.append(problem(BY_NAME["debug"], "true", "errors would show their internals to everybody."))
    secret = cast("str", value["secret_key"])
    if secret and (len(secret) < SECRET_KEY_CHARACTERS_MIN or len(set(secret)) < _DISTINCT_CHARACTERS_MIN):
        found.append(problem(BY_NAME["secret_key"], secret, "it is too short or too regular to be unguessable."))
    masters = cast("tuple[str, ...]", value["master_keys"])
    if not all(keys.is_master_key(key) for key in masters):
        found.append(problem(BY_NAME["master_keys"], masters, "a key is not 32 bytes in base64url."))
    return found


def _judge_database(value: Mapping[str, Value]) -> list[Problem]:
    found: list[Problem] = []
    parts: dict[str, dict[str, Any]] = {}
    for name in ("database.url", "database.owner_url"):
        try:
            parts[name] = dict(conninfo_to_dict(cast("str", value[name])))
        except psycopg.ProgrammingError:
            found.append(problem(BY_NAME[name], value[name], "it cannot be read as an address."))
    if found:
        return found
    if value["database.owner_url"] and not value["database.url"]:
        found.append(problem(BY_NAME["database.url"], "", "it is missing while database.owner_url is set."))
    app, owner = parts["database.url"], parts["database.owner_url"]
    if app and owner and app.get("user") == owner.get("user"):
        wrong = "it names the owner of the tables, whom the wall between workspaces would bind less."
        found.append(problem(BY_NAME["database.url"], value["database.url"], wrong))
    return found


def _judge_web(value: Mapping[str, Value]) -> list[Problem]:
    found: list[Problem] = []
    host, public = cast("str", value["web.host"]), cast("str", value["web.public_url"])
    beyond = not is_loopback(host)
    if "*" in cast("tuple[str, ...]", value["web.allowed_hosts"]) and (beyond or public):
        wrong = "any Host header would be believed by an installation that others can reach."
        found.append(problem(BY_NAME["web.allowed_hosts"], "*", wrong))
    if beyond and not public:
        wrong = f"it must be set when web.host ({host}) is not loopback."
        found.append(problem(BY_NAME["web.public_url"], "", wrong))
    if public.startswith("http://") and not is_loopback(urlsplit(public).hostname or ""):
        wrong = "passwords and calendars would cross the network readable."
        found.append(problem(BY_NAME["web.public_url"], public, wrong))
    if public.startswith("https://") and value["web.trusted_proxies"] == 0:
        wrong = "Holdfast speaks plain HTTP, so an https address means a proxy in front."
        found.append(problem(BY_NAME["web.trusted_proxies"], 0, wrong))
    return found


def _judge_outgoing(value: Mapping[str, Value]) -> list[Problem]:
    found: list[Problem] = []
    file = value["outgoing.ca_file"]
    if isinstance(file, Path) and not file.is_file():
        found.append(problem(BY_NAME["outgoing.ca_file"], file, "there is no such file."))
    notices = cast("str", value["web.notices_url"])
    if notices.startswith("http://") and not is_loopback(urlsplit(notices).hostname or ""):
        found.append(problem(BY_NAME["web.notices_url"], notices, "Microsoft delivers to https addresses only."))
    return found


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _keys(found: Values, state: Path) -> tuple[str, tuple[str, ...]]:
    """The given keys, or those of the state directory. Nothing is made while a setting is wrong."""
    secret = cast("str", found.values["secret_key"])
    masters = cast("tuple[str, ...]", found.values["master_keys"])
    if found.problems:
        return secret, masters
    try:
        return secret or keys.secret_key(state), masters or keys.master_keys(state)
    except OSError as error:
        wrong = f"it cannot be used ({error.strerror})."
        found.problems.append(problem(BY_NAME["state"], state, wrong))
    except HostError as error:
        found.problems.append(Problem("master_keys", "", str(error), ""))
    return secret, masters


def _allowed_hosts(value: Mapping[str, Value]) -> tuple[str, ...]:
    public = urlsplit(cast("str", value["web.public_url"])).hostname
    named = cast("tuple[str, ...]", value["web.allowed_hosts"])
    return tuple(dict.fromkeys([*LOOPBACK_HOSTS, *([public] if public else []), *named]))


def _database(value: Mapping[str, Value], state: Path) -> Database:
    url, owner_url = cast("str", value["database.url"]), cast("str", value["database.owner_url"])
    if url:
        return Database(url=url, owner_url=owner_url, is_embedded=False)
    embedded = EmbeddedPostgres(state / "postgres")
    return Database(url=embedded.url(), owner_url=embedded.url(OWNER), is_embedded=True)


def _django_database(url: str) -> dict[str, Any]:
    """Django's words for an address; whatever it has no word for (sslmode, …) is handed to psycopg as it is."""
    parts = dict(conninfo_to_dict(url))
    named = {key: str(parts.pop(key, "") or "") for key in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": named["dbname"],
        "USER": named["user"],
        "PASSWORD": named["password"],
        "HOST": named["host"],
        "PORT": named["port"],
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": CONNECT_TIMEOUT_S, **parts},
    }
