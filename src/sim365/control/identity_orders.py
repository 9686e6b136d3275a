"""What the control API does to the login host: `POST /_sim/identity/{order}` with the names of `IdentityAdmin`.

Every order is a call of the same name: `POST /_sim/identity/expire-secret` with `{"app": "Holdfast"}` is a call of
`simulator.identity.admin.expire_secret("Holdfast")`. Orders about the mailboxes that apps may reach are `AppAccess`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sim365.errors import SimulatorError
from sim365.identity import Identity
from sim365.identity.app_access import AppAccess
from sim365.simulator import Simulator
from sim365.state.app_access import AccessRight, MailboxScope

Json = dict[str, Any]

_LISTS = {"permissions", "scopes", "people", "apps"}
_STARRED = {"grant": "permissions", "withdraw": "permissions", "consent": "scopes"}

#: The orders, by name, with what each takes; those after the bar may be left out.
ORDERS: dict[str, str] = {
    "reset-password": "user password | must_change",
    "change-password": "user password",
    "expire-password": "user | on_premises",
    "set-password-state": "user state",
    "lock-account": "user | for_s",
    "disable-account": "user",
    "enable-account": "user",
    "delete-account": "user",
    "restore-account": "user",
    "revoke-sessions": "user",
    "revoke-all": "| tenant",
    "enrol-second-factor": "user | on",
    "invite-guest": "user tenant",
    "require": "demand | people apps hours binds_apps tenant",
    "drop-policy": "policy_id | tenant",
    "trouble": "number | times",
    "add-secret": "app value | expires tenant",
    "expire-secret": "app | value",
    "remove-secrets": "app",
    "add-certificate": "app pem",
    "remove-certificates": "app",
    "disable-app": "app | tenant",
    "enable-app": "app | tenant",
    "remove-app": "app | tenant",
    "mark-risky": "app | on",
    "require-assignment": "app | on",
    "assign": "app user",
    "unassign": "app user",
    "grant": "app permissions | tenant",
    "withdraw": "app permissions | tenant",
    "consent": "app scopes | user tenant",
    "withdraw-consent": "app | user tenant",
    "unsubscribe": "| resource tenant",
    "use-consent-workflow": "| on tenant",
}


def identity_order(simulator: Simulator, order: str, body: Json) -> Json:
    """Carry an order out; SimulatorError where there is none of that name."""
    identity = simulator.identity
    if not isinstance(identity, Identity):
        message = "this simulator has no login host"
        raise SimulatorError(message)
    own = {
        "restrict": _restrict, "remove-restriction": _remove, "assign-role": _assign_role, "remove-role": _remove_role,
    }  # fmt: skip
    if order in own:
        return own[order](AppAccess(simulator, tenant_id=_tenant_id(identity, body)), body)
    if order not in ORDERS:
        message = f"there is no order {order}; these are: {', '.join(sorted([*ORDERS, *own]))}"
        raise SimulatorError(message)
    needed, _, optional = ORDERS[order].partition("|")
    _check(order, body, needed=needed.split(), known={*needed.split(), *optional.split()})
    settings = {name: _value(name, value) for name, value in body.items()}
    starred = cast("list[str]", settings.pop(_STARRED[order], [])) if order in _STARRED else []
    first = [settings.pop(name) for name in needed.split() if name in settings]
    call: Callable[..., Any] = getattr(identity.admin, order.replace("-", "_"))
    return {"done": call(*first, *starred, **settings)}


def _check(order: str, body: Json, *, needed: list[str], known: set[str]) -> None:
    missing, unknown = [name for name in needed if name not in body], [name for name in body if name not in known]
    if missing or unknown:
        message = f"{order} needs {', '.join(needed) or 'nothing'} and may have {', '.join(sorted(known)) or 'nothing'}"
        raise ValueError(message)


def _value(name: str, value: object) -> Any:
    if name in _LISTS:
        return [str(one) for one in cast("list[object]", value)] if isinstance(value, list) else [str(value)]
    if name == "expires":
        return datetime.fromisoformat(str(value))
    return value


def _tenant_id(identity: Identity, body: Json) -> str | None:
    name = body.get("tenant")
    return None if name is None else identity.admin.tenant(str(name)).tenant_id


def _restrict(access: AppAccess, body: Json) -> Json:
    right = AccessRight(body.get("right", AccessRight.RESTRICT))
    return asdict(access.restrict(str(body["app"]), _scope(access, body) or MailboxScope(), right))


def _remove(access: AppAccess, body: Json) -> Json:
    return asdict(access.remove_restriction(str(body["identity"])))


def _assign_role(access: AppAccess, body: Json) -> Json:
    return asdict(access.assign_role(str(body["app"]), str(body["role"]), scope=_scope(access, body)))


def _remove_role(access: AppAccess, body: Json) -> Json:
    return asdict(access.remove_role(str(body["name"])))


def _scope(access: AppAccess, body: Json) -> MailboxScope | None:
    """Mailboxes by name, a group by address, or kinds of mailbox; None where nothing was said."""
    names, group, purposes = body.get("mailboxes"), body.get("group"), body.get("purposes")
    if names is None and group is None and purposes is None:
        return None
    found = [access.tenant.find(str(name)) for name in names or ()]
    if None in found:
        message = "one of the mailboxes is not known"
        raise SimulatorError(message)
    return MailboxScope(
        mailboxes=None if names is None else frozenset(each.oid for each in found if each is not None),
        group=None if group is None else str(group),
        purposes=None if purposes is None else frozenset(map(str, purposes)),
    )
