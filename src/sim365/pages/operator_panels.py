"""What stands in the panels of the operator's page: read from the simulator, in words, cut to the latest.

Reads only. Called under the simulator's lock, so that a panel is of one instant.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sim365.identity.accounts import TEST_PASSWORD
from sim365.pages.fault_words import words_of
from sim365.pages.forms import Json
from sim365.pages.switch_words import switch_rows
from sim365.simulator import Simulator
from sim365.state import Mailbox, Tenant
from sim365.weather import Rule

ROWS_MAX = 60
OPERATIONS_MAX = 5
#: Of a larger company the first people are listed with their passwords; the others have the test password, too.
PEOPLE_MAX = 300


def clock(simulator: Simulator) -> Json:
    now, waiting = simulator.clock.now(), simulator.world.due
    return {
        "now": now,
        "follows": simulator.clock.follows,
        "waiting": len(waiting),
        "next_due": _within(waiting[0][0] - now) if waiting else "",
    }


def weather(simulator: Simulator) -> Json:
    state = simulator.weather
    live = [(number, rule) for number, rule in enumerate(state.rules) if rule.times != 0]
    return {
        "rules": [
            {
                "number": number,
                "words": words_of(rule.fault),
                "extent": _extent(rule, simulator.clock.now()),
                "struck": state.struck.get(rule.fault, 0),
            }
            for number, rule in live
        ]
    }


def traffic(simulator: Simulator) -> Json:
    conduct = simulator.conduct
    names = {app.app_id: app.display_name for tenant in simulator.company.tenants for app in tenant.apps.values()}
    return {
        "requests": conduct.requests,
        "operations": conduct.counts.most_common(OPERATIONS_MAX),
        "entries": list(itertools.islice(reversed(conduct.entries), ROWS_MAX)),
        "app_names": names,
    }


def mails(simulator: Simulator) -> Json:
    held = simulator.ledger.mails
    kinds = [(kind.value, count) for kind, count in simulator.ledger.counted().items()]
    return {"mails": list(reversed(held[-ROWS_MAX:])), "total": len(held), "kinds": kinds}


def conduct(simulator: Simulator) -> Json:
    offences = simulator.conduct.offences
    kinds = Counter(offence.kind.value.replace("_", " ") for offence in offences).most_common()
    return {"offences": list(reversed(offences[-ROWS_MAX:])), "kinds": kinds, "bugs": simulator.conduct.bugs}


def subscriptions(simulator: Simulator) -> Json:
    book, now = simulator.notices, simulator.clock.now()
    names = {app.app_id: app.display_name for tenant in simulator.company.tenants for app in tenant.apps.values()}
    rows: list[Json] = []
    for held in itertools.islice(book.subscriptions.values(), ROWS_MAX):
        mailbox = simulator.world.find(held.mailbox)
        is_over = held.expires <= now
        rows.append(
            {
                "app": names.get(held.app_id, held.app_id),
                "mailbox": held.mailbox if mailbox is None else mailbox.display_name,
                "types": ", ".join(held.change_types),
                "url": held.url,
                "state": "expired" if is_over else "awaits reauthorization" if held.is_paused else "live",
                "left": "" if is_over else _within(held.expires - now),
                "id": held.id,
            }
        )
    return {
        "subscriptions": rows,
        "subscriptions_total": len(book.subscriptions),
        "delivered": book.delivered,
        "dropped": book.dropped,
        "attempts": book.attempts,
    }


def switches(simulator: Simulator) -> Json:
    return {"switches": switch_rows(simulator.switches)}


def accounts(simulator: Simulator) -> Json:
    """Who can sign in at the login host, and which apps there are."""
    tenants = simulator.company.tenants
    people = [(tenant, box) for tenant in tenants for box in tenant.mailboxes.values() if box.account_enabled]
    root = getattr(simulator.identity, "login_root", "")
    return {
        "login_root": root,
        "tenants": [{"name": tenant.name, "id": tenant.tenant_id} for tenant in tenants],
        "people": [_person(tenant, box) for tenant, box in people[:PEOPLE_MAX]],
        "people_more": max(0, len(people) - PEOPLE_MAX),
        "apps": [
            {
                "name": app.display_name,
                "id": app.app_id,
                "secrets": [secret.value for secret in app.secrets],
                "permissions": sorted(app.permissions),
                "asks": sorted(app.requested - app.permissions),
            }
            for tenant in tenants
            for app in tenant.apps.values()
        ],
    }


#: Panels that are asked for again while the page is looked at; the others change by the operator's own hand.
LIVE: dict[str, Callable[[Simulator], Json]] = {
    "clock": clock,
    "weather": weather,
    "traffic": traffic,
    "conduct": conduct,
    "mails": mails,
    "subscriptions": subscriptions,
}


def _person(tenant: Tenant, box: Mailbox) -> Json:
    account = tenant.accounts.get(box.oid)
    state: Any = "" if account is None else account.password_state.value
    return {
        "name": box.display_name,
        "upn": box.upn,
        "password": (account.password if account is not None else "") or box.password or TEST_PASSWORD,
        "is_admin": box.is_admin,
        "state": "" if state == "usable" else str(state).replace("_", " "),
    }


def _extent(rule: Rule, now: datetime) -> str:
    parts = ["every time" if rule.rate >= 1 else f"{rule.rate:.0%} of the time"]
    parts.append("for ever" if rule.times is None else f"{rule.times} more times")
    parts.append(f"for {rule.mailbox}" if rule.mailbox else "for every mailbox")
    if rule.method or rule.path:
        parts.append(f"on {rule.method or 'any method'} {rule.path or ''}".strip())
    if rule.since is not None and rule.since > now:
        parts.append(f"from {_hour(rule.since, now)}")
    if rule.until is not None:
        parts.append(f"until {_hour(rule.until, now)}" if rule.until > now else "over since " + _hour(rule.until, now))
    if rule.parameter is not None:
        parts.append(f"with {rule.parameter}")
    return ", ".join(parts)


def _hour(moment: datetime, now: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.date() == now.date() else f"{moment:%a} {moment.day} {moment:%b %H:%M}"


def _within(span: timedelta) -> str:
    """A stretch of time in the largest fitting unit."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} s"
