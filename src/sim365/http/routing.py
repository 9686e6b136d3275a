"""Which handler answers a path: a tree of segments, literal before parameter, methods at the leaves."""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from sim365.conduct import Conduct
from sim365.errors import GraphError, NotModelledError, bad_request
from sim365.http.requests import Answer, Outcome, Request
from sim365.notices.book import NoticeBook
from sim365.sharing.sight import Sight
from sim365.state import Mailbox, Principal, SharedCalendar, Tenant
from sim365.state.world import World
from sim365.weather.rules import Struck


class Outside(Protocol):
    """What a handler may use besides the world: the lock, which it must not hold while it talks to others."""

    @property
    def lock(self) -> Any:
        """The simulator's lock."""
        ...

    def post(self, url: str, *, body: bytes, content_type: str) -> "Reply":
        """Send a POST to somebody's webhook and wait for the answer."""
        ...

    def inner(self, request: Request) -> Outcome:
        """Carry out a request that came inside a batch."""
        ...

    @property
    def notices(self) -> NoticeBook:
        """Every subscription."""
        ...

    @property
    def conduct(self) -> Conduct:
        """The request record and the offences."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What a webhook answered; status 0 is no answer within the time allowed."""

    status: int
    body: bytes = b""
    content_type: str = ""
    seconds: float = 0.0
    """How long the answer took, or how long was waited for it."""


@dataclass(slots=True)
class Call:
    """One request with everything its handler needs."""

    world: World
    request: Request
    principal: Principal
    tenant: Tenant
    outside: Outside
    params: dict[str, str]
    faults: Struck
    """Weather that the handler itself must act out, with its parameter."""
    held: tuple[str, ...] = ()
    """Of the caller's permissions those that count for this operation."""
    box: Mailbox | None = None
    applied: list[str] = field(default_factory=list[str])
    """Preferences honoured."""
    sight: Sight = Sight.FULL
    """How much of the calendar the caller sees."""
    share: SharedCalendar | None = None
    """The path named somebody else's calendar as it hangs in the mailbox of `visitor`; `box` is its owner's."""
    visitor: Mailbox | None = None

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox that the path names."""
        if self.box is None:
            message = "the route names no mailbox"
            raise AssertionError(message)
        return self.box


Handler = Callable[[Call], Answer]


class Reach(enum.Enum):
    """Whose mailbox a person's token may name."""

    SHARED = "shared"
    """The own one, and calendars that were shared with the person."""
    HANGING = "hanging"
    """As SHARED; of a shared calendar that hangs in the own mailbox only how it hangs there."""
    OWNER = "owner"
    """Only the own one."""
    ANYONE = "anyone"
    """Any: the operation itself decides what is told."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation."""

    name: str
    handler: Handler
    roles: tuple[str, ...]
    """Any one of these permissions suffices; the least first (FACTS 1.9). None: a valid token is enough."""
    is_directory: bool = False
    """Refused with the directory's own words."""
    holds_lock: bool = True
    scopes: tuple[str, ...] | None = None
    """Delegated permissions of which any one suffices; None: those of the same names as the roles, and higher ones."""
    reach: Reach = Reach.SHARED


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])
    parameter: "tuple[str, _Node] | None" = None
    methods: dict[str, Route] = field(default_factory=dict[str, Route])
    gap: str | None = None


class Routes:
    """The tree."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, method: str, pattern: str, route: Route) -> None:
        """Bind a method and a pattern such as `users/{user}/events` to an operation."""
        self._node(pattern).methods[method] = route

    def add_gap(self, pattern: str, gap: str) -> None:
        """Everything at and below the pattern that has no route answers 501, naming the gap."""
        self._node(pattern).gap = gap

    def gaps(self) -> Iterator[tuple[str, str]]:
        """Every path that answers 501 with all below it, and the gap it names."""
        return ((path, node.gap) for path, node in self._nodes() if node.gap is not None)

    def operations(self) -> Iterator[tuple[str, str]]:
        """Every modelled operation: method and path, its literals in lower case."""
        return ((method, path) for path, node in self._nodes() for method in node.methods)

    def find(self, method: str, segments: list[str]) -> tuple[Route, dict[str, str]]:
        """The operation and the path's parameters, or Graph's refusal."""
        node, params, gap = self._root, dict[str, str](), None
        for segment in segments:
            following = node.literals.get(segment.lower())
            if following is None and node.parameter is not None:
                name, following = node.parameter
                params[name] = segment
            if following is None:
                if gap is not None:
                    raise NotModelledError(gap)
                text = f"Resource not found for the segment '{segment}'."
                raise bad_request(text)
            node = following
            gap = node.gap or gap
        route = node.methods.get(method)
        if route is not None:
            return route, params
        if gap is not None or not node.methods:
            raise NotModelledError(gap or f"{method} /{'/'.join(segments)}")
        text = "The OData request is not supported."
        raise GraphError(405, "UnsupportedMethod", text, headers={"Allow": ", ".join(sorted(node.methods))})

    def _nodes(self) -> Iterator[tuple[str, _Node]]:
        waiting = [("", self._root)]
        while waiting:
            path, node = waiting.pop()
            yield path, node
            waiting += [(f"{path}/{literal}", below) for literal, below in node.literals.items()]
            if node.parameter is not None:
                name, below = node.parameter
                waiting.append((f"{path}/{{{name}}}", below))

    def _node(self, pattern: str) -> _Node:
        node = self._root
        for part in pattern.split("/"):
            if part.startswith("{"):
                if node.parameter is None:
                    node.parameter = (part[1:-1], _Node())
                node = node.parameter[1]
            else:
                node = node.literals.setdefault(part.lower(), _Node())
        return node
