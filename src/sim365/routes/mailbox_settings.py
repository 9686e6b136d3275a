"""`mailboxSettings` of a user: read whole or in parts, and written (FACTS 2.3)."""

from collections.abc import Callable
from typing import Any, cast

from sim365.directory.settings import settings_json, write_settings
from sim365.errors import unparsable_query
from sim365.http.odata import read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes

READ = ("MailboxSettings.Read", "MailboxSettings.ReadWrite")
WRITE = ("MailboxSettings.ReadWrite",)
PARTS = (
    "archiveFolder", "automaticRepliesSetting", "dateFormat", "delegateMeetingMessageDeliveryOptions", "language",
    "timeFormat", "timeZone", "userPurpose", "workingHours",
)  # fmt: skip


def bind(routes: Routes) -> None:
    """`/users/{u}/mailboxSettings` and each part of it."""
    base = "users/{user}/mailboxSettings"
    routes.add("GET", base, Route("mailboxSettings get", get_settings, READ, reach=Reach.OWNER))
    routes.add("PATCH", base, Route("mailboxSettings update", update_settings, WRITE, reach=Reach.OWNER))
    for name in PARTS:
        part = Route(f"mailboxSettings {name}", _part(name), READ, reach=Reach.OWNER)
        routes.add("GET", f"{base}/{name}", part)


def get_settings(call: Call) -> Answer:
    """The settings, whole or as selected."""
    options = read_options(call.request, top=1)
    for name in options.select - set(PARTS) - {"*"}:
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.mailboxSettings'.")
    body = settings_json(call.mailbox)
    if options.select and "*" not in options.select:
        body = {name: value for name, value in body.items() if name in options.select}
    return Answer(200, {"@odata.context": _context(call)} | body)


def update_settings(call: Call) -> Answer:
    """Write what is named; the answer shows those settings alone."""
    written = write_settings(call.mailbox, call.request.json_object())
    return Answer(200, {"@odata.context": _context(call)} | written)


def _part(name: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        value = settings_json(call.mailbox)[name]
        body = cast("dict[str, Any]", value) if isinstance(value, dict) else {"value": value}
        return Answer(200, {"@odata.context": f"{_context(call)}/{name}", **body})

    return handler


def _context(call: Call) -> str:
    return f"{call.request.origin}/v1.0/$metadata#users('{call.mailbox.oid}')/mailboxSettings"
