"""Subscriptions: create with a handshake, list, get, renew, delete (FACTS 5.1, 5.2).

The handshake talks to the client's webhook, so these handlers take the lock only around what they read and write.
"""

from datetime import datetime, timedelta
from typing import Any

from sim365 import ids
from sim365.calendars.json_types import Json, as_optional_text, as_text
from sim365.calendars.people import stamp
from sim365.conduct import Misconduct
from sim365.errors import GraphError, NotModelledError, bad_request, item_not_found
from sim365.http.reach import check_reach
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.notices.book import (
    LIFETIME_MAX,
    LIFETIME_MAX_OLDER,
    LIFETIME_MIN,
    PER_MAILBOX_MAX,
    ExpiryCheck,
    NoticeBook,
    Subscription,
)
from sim365.notices.handshake import check_url, shake_hands
from sim365.routes.paths import READ
from sim365.weather import Fault
from sim365.zones import query_instant

CLIENT_STATE_MAX = 128
HOUR = timedelta(hours=1)
TLS_VERSIONS = ("v1_0", "v1_1", "v1_2", "v1_3")
_KNOWN = frozenset(
    {"changeType", "notificationUrl", "lifecycleNotificationUrl", "resource", "expirationDateTime", "clientState",
     "latestSupportedTlsVersion", "includeResourceData", "id", "applicationId", "creatorId", "notificationQueryOptions",
     "encryptionCertificate", "encryptionCertificateId", "notificationUrlAppId"}
)  # fmt: skip
#: A person's own mailbox only: the permissions to shared calendars never work here (FACTS 1.9).
SCOPES = ("Calendars.Read", "Calendars.ReadWrite")

_KINDS = ("created", "updated", "deleted")


def bind(routes: Routes) -> None:
    """`/subscriptions`."""
    routes.add("POST", "subscriptions", Route("subscription create", create, READ, holds_lock=False, scopes=SCOPES))
    routes.add("GET", "subscriptions", Route("subscriptions list", list_own, ()))
    one = "subscriptions/{subscription}"
    routes.add("GET", one, Route("subscription get", get, ()))
    routes.add("PATCH", one, Route("subscription renew", renew, READ, holds_lock=False, scopes=SCOPES))
    routes.add("POST", f"{one}/reauthorize", Route("subscription reauthorize", reauthorize, READ, scopes=SCOPES))
    routes.add("DELETE", one, Route("subscription delete", delete, ()))


def create(call: Call) -> Answer:
    """A new subscription, once its webhooks have answered."""
    body = call.request.json_object()
    for name in body:
        if name not in _KNOWN and not name.startswith("@"):
            raise bad_request(f"The property '{name}' does not exist on type 'microsoft.graph.subscription'.")
    if body.get("includeResourceData"):
        gap = "rich notifications (includeResourceData)"
        raise NotModelledError(gap)
    with call.outside.lock:
        held = _read(call, body)
        _check_quota(call, held)
    for url in filter(None, (held.url, held.lifecycle_url)):
        _shake_hands(call, url, request_id=ids.guid("handshake", held.id, url))
    with call.outside.lock:
        _check_quota(call, held)
        book(call).add(held)
        if call.outside.conduct.habits.made_subscription(_habit(held), held.expires, now=call.world.now()):
            _note(call, Misconduct.SUBSCRIPTION_RECREATED, held.resource)
        call.world.at(call.world.now(), ExpiryCheck(held.id))
    return Answer(201, subscription_json(call, held, state=held.client_state))


def list_own(call: Call) -> Answer:
    """The calling app's own subscriptions."""
    caller = call.principal
    found = book(call).of_app(caller.app_id, caller.tenant_id, caller.user_oid, call.world.now())
    context = f"{call.request.origin}/v1.0/$metadata#subscriptions"
    shown = [subscription_json(call, held, bare=True) for held in found]
    return Answer(200, {"@odata.context": context, "value": shown})


def get(call: Call) -> Answer:
    """One of them; the clientState is not shown again."""
    return Answer(200, subscription_json(call, _own(call)))


def renew(call: Call) -> Answer:
    """A later expiry; also reauthorises."""
    body = call.request.json_object()
    with call.outside.lock:
        held = _own(call)
        for name in body:
            if name not in {"expirationDateTime", "notificationUrl", "id"} and not name.startswith("@"):
                raise bad_request(f"The property '{name}' of a subscription cannot be changed.")
        expires = _expiry(call, body.get("expirationDateTime"))
        url = held.url if body.get("notificationUrl") is None else as_text(body["notificationUrl"], "notificationUrl")
        check_url(url, allows_loopback=call.world.switches.loopback_webhooks)
    if url != held.url or call.world.switches.renewal_shakes_hands:
        _shake_hands(call, url, request_id=ids.guid("renewal", held.id, str(expires)))
    with call.outside.lock:
        held = _own(call)
        held.expires, held.url, held.is_paused, held.authorized = expires, url, False, call.world.now()
        call.outside.conduct.habits.renewed(_habit(held), expires)
        _note_both(call, held, "renewed")
        return Answer(200, subscription_json(call, held))


def reauthorize(call: Call) -> Answer:
    """Resume delivery without a new expiry."""
    held = _own(call)
    held.is_paused, held.authorized = False, call.world.now()
    _note_both(call, held, "reauthorized")
    return Answer(204)


def delete(call: Call) -> Answer:
    """End a subscription."""
    held = _own(call)
    book(call).remove(held.id)
    call.outside.conduct.habits.ended(_habit(held), now=call.world.now())
    return Answer(204)


def subscription_json(call: Call, held: Subscription, *, state: str | None = None, bare: bool = False) -> Json:
    """A subscription as shown."""
    context = {"@odata.context": f"{call.request.origin}/v1.0/$metadata#subscriptions/$entity"}
    shown: dict[str, Any] = {
        "id": held.id,
        "resource": held.resource,
        "applicationId": held.app_id,
        "changeType": ",".join(held.change_types),
        "clientState": state,
        "notificationUrl": held.url,
        "notificationQueryOptions": None,
        "lifecycleNotificationUrl": held.lifecycle_url,
        "expirationDateTime": stamp(held.expires),
        "creatorId": held.creator,
        "includeResourceData": None,
        "latestSupportedTlsVersion": held.tls,
        "encryptionCertificate": None,
        "encryptionCertificateId": None,
        "notificationUrlAppId": held.url_app_id,
    }
    return shown if bare else context | shown


def _shake_hands(call: Call, url: str, *, request_id: str) -> None:
    shake_hands(call.outside, url, request_id=request_id, is_odd=Fault.HANDSHAKE_ODD in call.faults)


def book(call: Call) -> NoticeBook:
    """Every subscription of the world."""
    return call.outside.notices


def _read(call: Call, body: Json) -> Subscription:
    loopback = call.world.switches.loopback_webhooks
    url = as_text(body.get("notificationUrl"), "notificationUrl")
    lifecycle = as_optional_text(body.get("lifecycleNotificationUrl"), "lifecycleNotificationUrl")
    check_url(url, allows_loopback=loopback)
    if lifecycle is not None:
        check_url(lifecycle, allows_loopback=loopback, name="lifecycleNotificationUrl")
    kinds = _change_types(body)
    if not kinds or any(kind not in _KINDS for kind in kinds):
        raise bad_request("The changeType must be one or more of created, updated, deleted.")
    state = as_optional_text(body.get("clientState"), "clientState")
    if state is not None and len(state) > CLIENT_STATE_MAX:
        raise bad_request(f"The clientState has more than {CLIENT_STATE_MAX} characters.")
    resource = as_text(body.get("resource"), "resource")
    mailbox, calendar = _watched(call, resource)
    expires = _expiry(call, body.get("expirationDateTime"))
    _check_lifecycle(call, lifecycle, expires)
    return Subscription(
        id=ids.guid("subscription", call.world.seed, call.world.next_serial()),
        app_id=call.principal.app_id,
        creator=call.principal.user_oid or call.principal.oid,
        tenant_id=call.principal.tenant_id,
        mailbox=mailbox,
        calendar=calendar,
        resource=resource,
        change_types=kinds,
        url=url,
        lifecycle_url=lifecycle,
        expires=expires,
        client_state=state,
        immutable=call.request.preferences().get("idtype", "").lower() == "immutableid",
        tls=_tls(body),
        for_person=call.principal.user_oid,
        authorized=call.world.now(),
        url_app_id=as_optional_text(body.get("notificationUrlAppId"), "notificationUrlAppId"),
    )


def _tls(body: Json) -> str:
    version = as_optional_text(body.get("latestSupportedTlsVersion"), "latestSupportedTlsVersion") or "v1_2"
    if version not in TLS_VERSIONS:
        raise bad_request(f"The latestSupportedTlsVersion must be one of {', '.join(TLS_VERSIONS)}.")
    return version


def _change_types(body: Json) -> tuple[str, ...]:
    named = as_text(body.get("changeType"), "changeType").lower().split(",")
    return tuple(dict.fromkeys(part.strip() for part in named))


def _check_lifecycle(call: Call, lifecycle: str | None, expires: datetime) -> None:
    if lifecycle is None and call.world.switches.lifecycle_url_required and expires > call.world.now() + HOUR:
        text = "The lifecycleNotificationUrl is required for subscriptions that last longer than one hour."
        raise GraphError(400, "InvalidRequest", text)


def _watched(call: Call, resource: str) -> tuple[str, int | None]:
    """The mailbox and calendar behind a resource path."""
    parts = [part for part in resource.split("?", 1)[0].strip("/").split("/") if part]
    if parts and parts[0].lower() == "v1.0":
        parts = parts[1:]
    if parts and parts[0].lower() == "me" and call.principal.user_oid is not None:
        parts = ["users", call.principal.user_oid, *parts[1:]]
    if len(parts) < 3 or parts[0].lower() != "users" or parts[-1].lower() != "events" or "?" in resource:
        raise NotModelledError(f"subscriptions to {resource}")
    mailbox = call.tenant.find(parts[1])
    if mailbox is None or not mailbox.has_mailbox:
        raise GraphError(404, "ResourceNotFound", "Resource could not be discovered.")
    if call.principal.user_oid not in {None, mailbox.oid}:
        text = "Operation: Create; Exception: [Status Code: Forbidden; Reason: Access is denied.]"
        raise GraphError(403, "ExtensionError", text)
    check_reach(call, mailbox)
    default = call.world.default_calendar(mailbox)
    if len(parts) == 3:
        return mailbox.oid, None
    if len(parts) == 4 and parts[2].lower() == "calendar":
        return mailbox.oid, default.serial
    key = ids.read_id(parts[3]) if len(parts) == 5 and parts[2].lower() == "calendars" else None
    if key is None or key.serial not in mailbox.calendars:
        raise item_not_found()
    return mailbox.oid, key.serial


def _expiry(call: Call, value: object) -> datetime:
    now = call.world.now()
    moment = query_instant(as_text(value, "expirationDateTime"))
    if moment is None:
        raise bad_request("The expirationDateTime is not a date and time.")
    longest = LIFETIME_MAX_OLDER if call.world.switches.subscription_minutes_of_2024 else LIFETIME_MAX
    if moment > now + longest:
        minutes = int(longest.total_seconds() // 60)
        text = f"Subscription expiration can only be {minutes} minutes in the future."
        raise GraphError(400, "InvalidRequest", text)
    if moment <= now:
        raise bad_request("Subscription expiration must be in the future.")
    return max(moment, now + LIFETIME_MIN)


def _check_quota(call: Call, held: Subscription) -> None:
    now = call.world.now()
    live = [other for other in book(call).watching(held.mailbox) if other.expires > now]
    if len(live) >= PER_MAILBOX_MAX:
        text = "Operation: Create; Exception: [Status Code: Forbidden; Reason: Too many subscriptions per mailbox.]"
        raise GraphError(403, "ExtensionError", text)
    if not call.world.switches.duplicate_subscription_conflict:
        return
    for other in live:
        if (other.tenant_id, *other.key()) == (held.tenant_id, *held.key()):
            text = f"Subscription Id {other.id} already exists for the requested combination"
            raise GraphError(409, "Conflict", text)


def _own(call: Call) -> Subscription:
    held = book(call).live(call.params["subscription"], call.world.now())
    caller = call.principal
    if held is not None and Fault.SUBSCRIPTION_GONE in call.faults:
        book(call).remove(held.id)
        call.outside.conduct.habits.forgot(_habit(held))
        held = None
    if (
        held is None
        or (held.app_id, held.tenant_id) != (caller.app_id, caller.tenant_id)
        or caller.user_oid not in {None, held.for_person}
    ):
        raise GraphError(404, "ResourceNotFound", "The object was not found.")
    return held


def _habit(held: Subscription) -> tuple[str, ...]:
    """By what a client's way with one subscription after the other is known."""
    return (held.tenant_id, held.app_id, held.resource.lower().strip("/"), held.url, *sorted(held.change_types))


def _note_both(call: Call, held: Subscription, how: str) -> None:
    if call.outside.conduct.habits.prolongs(held.id, how, now=call.world.now()):
        _note(call, Misconduct.RENEWED_AND_REAUTHORIZED, held.id)


def _note(call: Call, kind: Misconduct, detail: str) -> None:
    call.outside.conduct.note(
        kind,
        at=call.world.now(),
        app_id=call.principal.app_id,
        method=call.request.method,
        path=call.request.path,
        detail=detail,
    )
