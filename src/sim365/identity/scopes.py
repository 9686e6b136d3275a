"""The `scope` of a request in parts: OpenID Connect's own names, and permissions by resource.

Decides what a scope names, and refuses what names nothing (FACTS 1.2, 1.4, 1.7). Consent is looked at elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim365.identity.catalogue import (
    BAD_SCOPE,
    MISSING_PARAMETER,
    NO_PERMISSIONS_REGISTERED,
    NOT_SUBSCRIBED,
    RESOURCE_NOT_REGISTERED,
    UNKNOWN_PERMISSION_REGISTERED,
)
from sim365.identity.errors import SignInRefused
from sim365.identity.permissions import OIDC, canonical
from sim365.state import AppRegistration, Tenant

GRAPH = "https://graph.microsoft.com"
GRAPH_APP = "00000003-0000-0000-c000-000000000000"

#: Exchange Online's own resource: known, and an app may be registered for it, but no token is issued for it here.
EXCHANGE = ("https://outlook.office.com", "https://outlook.office365.com")
DEFAULT = ".default"

#: A longer scope is a mistake; every permission of Graph together has fewer letters.
SCOPE_LENGTH_MAX = 16 * 1024


@dataclass(frozen=True, slots=True)
class Scopes:
    """A scope that was understood."""

    text: str
    oidc: tuple[str, ...] = ()
    by_resource: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    is_prefixed: bool = False
    """Permissions were written with their resource in front; the answer then is, too."""

    @property
    def graph(self) -> tuple[str, ...]:
        """What is asked of Graph."""
        return self.by_resource.get(GRAPH, ())

    @property
    def wants_default(self) -> bool:
        """It asks for everything registered or consented, instead of naming permissions."""
        return DEFAULT in self.graph


def read_scopes(text: str, *, graph_roots: frozenset[str]) -> Scopes:
    """The scope of a request of a person's sign-in; SignInRefused where a part of it names nothing."""
    if not text.strip():
        raise SignInRefused(MISSING_PARAMETER, parameter="scope")
    if len(text) > SCOPE_LENGTH_MAX:
        raise SignInRefused(BAD_SCOPE, scope=text[:100], detail="it is too long.")
    oidc: list[str] = []
    found: dict[str, list[str]] = {}
    prefixed = False
    for part in text.split():
        resource, name = _split(part, text, graph_roots)
        if resource is None:
            oidc.append(name)
            continue
        prefixed = prefixed or "://" in part
        names = found.setdefault(resource, [])
        if name not in names:
            names.append(name)
    for names in found.values():
        if DEFAULT in names and len(names) > 1:
            raise SignInRefused(BAD_SCOPE, scope=text, detail=f"{DEFAULT} stands alone for a resource.")
    return Scopes(text, tuple(dict.fromkeys(oidc)), {key: tuple(each) for key, each in found.items()}, prefixed)


def check_registered(app: AppRegistration, scopes: Scopes, tenant: Tenant) -> None:
    """SignInRefused where the app's registration, or the tenant's subscriptions, do not cover a resource."""
    for resource, names in scopes.by_resource.items():
        if resource in tenant.missing_services:
            raise SignInRefused(NOT_SUBSCRIBED, client=app.app_id, resource=resource, tenant=tenant.name)
        if resource != GRAPH and not any(name.startswith(resource) for name in app.delegated):
            raise SignInRefused(RESOURCE_NOT_REGISTERED, client=app.app_id, resource=resource)
        if resource == GRAPH and DEFAULT in names:
            _check_registration(app)


def asked_of(app: AppRegistration, scopes: Scopes) -> set[str]:
    """The permissions that this request is about: those named, or those registered."""
    named = set(app.delegated) if scopes.wants_default else set(scopes.graph)
    elsewhere = {f"{EXCHANGE[0]}/{name}" for name in scopes.by_resource.get(EXCHANGE[0], ())}
    return named | elsewhere | set(scopes.oidc)


def _check_registration(app: AppRegistration) -> None:
    if not app.delegated and not app.requested:
        raise SignInRefused(NO_PERMISSIONS_REGISTERED, client=app.app_id, resource=GRAPH)
    for name in sorted(app.delegated):
        if "://" not in name and canonical(name) is None:
            raise SignInRefused(UNKNOWN_PERMISSION_REGISTERED, client=app.app_id, permission=name, resource=GRAPH)


def _split(part: str, whole: str, graph_roots: frozenset[str]) -> tuple[str | None, str]:
    """The resource and the permission of one word; no resource for OpenID Connect's own."""
    if part.lower() in OIDC:
        return None, part.lower()
    resource, slash, name = part.rpartition("/")
    resource = resource.rstrip("/")
    if slash and resource.lower() in EXCHANGE:
        return EXCHANGE[0], name
    if slash and resource not in graph_roots and resource.lower() != GRAPH:
        raise SignInRefused(BAD_SCOPE, scope=whole, detail=f"the resource of '{part}' is not known to this simulator.")
    if name == DEFAULT:
        return GRAPH, DEFAULT
    spelled = canonical(name)
    if spelled is None:
        raise SignInRefused(BAD_SCOPE, scope=whole, detail=f"Graph has no delegated permission '{name}'.")
    if spelled in OIDC:
        return None, spelled
    return GRAPH, spelled
