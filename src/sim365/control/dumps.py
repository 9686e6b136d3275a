"""What the control API shows of a simulator, as JSON. Called under the lock."""

from dataclasses import asdict
from typing import Any

from sim365 import ids
from sim365.ledger import Mail
from sim365.simulator import Simulator
from sim365.state import Mailbox
from sim365.state.calendars import Calendar

Json = dict[str, Any]


def weather_json(simulator: Simulator) -> Json:
    """The rules in force, and what has struck."""
    return {"rules": [asdict(rule) for rule in simulator.weather.rules], "struck": simulator.weather.struck}


def conduct_json(simulator: Simulator) -> Json:
    """How the clients behaved."""
    conduct = simulator.conduct
    unused = {
        app.app_id: sorted(conduct.unused(app.app_id, app.permissions))
        for tenant in simulator.company.tenants
        for app in tenant.apps.values()
    }
    return {
        "requests": conduct.requests,
        "operations": dict(conduct.counts),
        "offences": [asdict(offence) for offence in conduct.offences],
        "unusedPermissions": unused,
        "bugs": conduct.bugs,
    }


def requests_json(simulator: Simulator, *, last: int) -> Json:
    """The last requests, oldest first."""
    entries = list(simulator.conduct.entries)[-max(0, last) :] if last > 0 else []
    return {"requests": [asdict(entry) for entry in entries]}


def ledger_json(simulator: Simulator, *, recipient: str | None) -> Json:
    """The mails, oldest first."""
    ledger = simulator.ledger
    mails = ledger.mails if recipient is None else ledger.to(recipient)
    return {"count": len(mails), "mails": [_mail(mail) for mail in mails]}


def subscriptions_json(simulator: Simulator) -> Json:
    """Subscriptions with their secrets, and how delivery went."""
    book = simulator.notices
    return {
        "subscriptions": [asdict(held) for held in book.subscriptions.values()],
        "delivered": book.delivered,
        "attempts": book.attempts,
        "dropped": book.dropped,
    }


def state_json(simulator: Simulator, *, with_events: bool) -> Json:
    """Who and what there is, and how much of it; or all of it, as the owners see it in Outlook."""
    return {
        "now": simulator.clock.now(),
        "seed": simulator.seed,
        "tenants": [
            {
                "id": tenant.tenant_id,
                "name": tenant.name,
                "apps": [app.app_id for app in tenant.apps.values()],
                "mailboxes": [
                    _mailbox(simulator, mailbox, with_events=with_events) for mailbox in tenant.mailboxes.values()
                ],
            }
            for tenant in simulator.company.tenants
        ],
    }


def _mailbox(simulator: Simulator, mailbox: Mailbox, *, with_events: bool) -> Json:
    return {
        "address": mailbox.address,
        "id": mailbox.oid,
        "purpose": mailbox.purpose.value,
        "calendars": [
            {
                "id": ids.calendar_id(mailbox.tag, calendar.serial),
                "name": calendar.name,
                "events": _events(simulator, mailbox, calendar) if with_events else len(calendar.events),
            }
            for calendar in mailbox.calendars.values()
        ],
    }


def _events(simulator: Simulator, mailbox: Mailbox, calendar: Calendar) -> list[Json]:
    return simulator.person(mailbox.oid).events(calendar=ids.calendar_id(mailbox.tag, calendar.serial))


def _mail(mail: Mail) -> Json:
    return asdict(mail)
