"""Users of the directory and their mailbox settings (FACTS 2.2, 2.3)."""

from collections.abc import Callable
from typing import Any, cast

from sim365.errors import bad_request, unparsable_query
from sim365.http.filters import Value, check_names, satisfies
from sim365.http.odata import Options, link_to, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.state import Mailbox, UserPurpose
from sim365.tracking.tokens import SkipToken, open_skip, seal
from sim365.zones import windows_name

USERS_PAGE = 100
USERS_TOP_MAX = 999
USER_ROLES = ("User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "User.Read")
SETTINGS_ROLES = ("MailboxSettings.Read", "MailboxSettings.ReadWrite")

_DEFAULT = (
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName", "id",
)  # fmt: skip
_EXTRA = ("accountEnabled", "userType", "department", "proxyAddresses", "mailNickname", "usageLocation")
_FILTERABLE = frozenset(
    {"id", "displayName", "mail", "userPrincipalName", "accountEnabled", "userType", "department", "jobTitle",
     "officeLocation", "mailNickname", "givenName", "surname"}
)  # fmt: skip


def bind(routes: Routes) -> None:
    """`/users`, `/users/{u}`, `/users/{u}/mailboxSettings`."""
    routes.add("GET", "users", Route("users list", list_users, USER_ROLES, is_directory=True))
    routes.add("GET", "users/$count", Route("users count", count_users, USER_ROLES, is_directory=True))
    routes.add("GET", "users/{user}", Route("user get", get_user, USER_ROLES, is_directory=True))
    routes.add("GET", "users/{user}/mailboxSettings", Route("mailboxSettings get", get_settings, SETTINGS_ROLES))
    for name in ("userPurpose", "timeZone", "workingHours", "language"):
        pattern = f"users/{{user}}/mailboxSettings/{name}"
        routes.add("GET", pattern, Route(f"mailboxSettings {name}", _one_setting(name), SETTINGS_ROLES))


def list_users(call: Call) -> Answer:
    """A page of users; paged by `$skiptoken`."""
    options = read_options(call.request, top=USERS_PAGE, top_max=USERS_TOP_MAX)
    if options.skip:
        text = "'$skip' is not supported by the service."
        raise bad_request(text)
    found = _selected_users(call, options)
    offset = _offset(options)
    page = found[offset : offset + options.top]
    body: dict[str, Any] = {"@odata.context": f"{call.request.origin}/v1.0/$metadata#users"}
    if options.count:
        body["@odata.count"] = len(found)
    body["value"] = [_chosen(user_json(mailbox), options.select) for mailbox in page]
    if offset + options.top < len(found):
        token = seal(SkipToken("users", offset + options.top))
        kept = {name: value for name, value in call.request.options() if name.lower() != "$skiptoken"}
        body["@odata.nextLink"] = link_to(call.request, call.request.path, kept | {"$skiptoken": token})
    return Answer(200, body)


def count_users(call: Call) -> Answer:
    """The bare number of users."""
    options = read_options(call.request, top=USERS_PAGE, top_max=USERS_TOP_MAX)
    if call.request.headers.get("consistencylevel", "").lower() != "eventual":
        text = "$count is not currently supported without the header ConsistencyLevel: eventual."
        raise bad_request(text)
    return Answer(200, raw=str(len(_selected_users(call, options))).encode(), content_type="text/plain")


def get_user(call: Call) -> Answer:
    """One user."""
    options = read_options(call.request, top=1)
    body: dict[str, Any] = {"@odata.context": f"{call.request.origin}/v1.0/$metadata#users/$entity"}
    return Answer(200, body | _chosen(user_json(call.mailbox), options.select))


def get_settings(call: Call) -> Answer:
    """The mailbox settings, whole."""
    options = read_options(call.request, top=1)
    body = settings_json(call.mailbox)
    if options.select:
        body = {name: value for name, value in body.items() if name in options.select}
    context = f"{call.request.origin}/v1.0/$metadata#users('{call.mailbox.oid}')/mailboxSettings"
    return Answer(200, {"@odata.context": context} | body)


def user_json(mailbox: Mailbox) -> dict[str, Any]:
    """Every modelled property of a user."""
    given, _, surname = mailbox.display_name.partition(" ")
    is_person = mailbox.purpose is UserPurpose.USER
    return {
        "businessPhones": [],
        "displayName": mailbox.display_name,
        "givenName": given if is_person else None,
        "jobTitle": mailbox.job_title,
        "mail": mailbox.address,
        "mobilePhone": None,
        "officeLocation": mailbox.office_location,
        "preferredLanguage": None,
        "surname": (surname or None) if is_person else None,
        "userPrincipalName": mailbox.upn,
        "id": mailbox.oid,
        "accountEnabled": mailbox.account_enabled,
        "userType": "Member",
        "department": mailbox.department,
        "proxyAddresses": [f"SMTP:{mailbox.address}", *(f"smtp:{alias}" for alias in mailbox.aliases)],
        "mailNickname": mailbox.address.partition("@")[0],
        "usageLocation": None,
    }


def settings_json(mailbox: Mailbox) -> dict[str, Any]:
    """`mailboxSettings` (FACTS 2.3)."""
    start, end = mailbox.working_hours
    zone_name = windows_name(mailbox.time_zone)
    return {
        "archiveFolder": None,
        "timeZone": zone_name,
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "yyyy-MM-dd",
        "timeFormat": "HH:mm",
        "userPurpose": mailbox.purpose.value,
        "automaticRepliesSetting": {"status": "disabled", "externalAudience": "all"},
        "language": {"locale": mailbox.locale, "displayName": mailbox.locale},
        "workingHours": {
            "daysOfWeek": list(mailbox.working_days),
            "startTime": f"{start}:00.0000000",
            "endTime": f"{end}:00.0000000",
            "timeZone": {"name": zone_name},
        },
    }


def _one_setting(name: str) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        context = f"{call.request.origin}/v1.0/$metadata#users('{call.mailbox.oid}')/mailboxSettings/{name}"
        value = settings_json(call.mailbox)[name]
        body = cast("dict[str, Any]", value) if isinstance(value, dict) else {"value": value}
        return Answer(200, {"@odata.context": context, **body})

    return handler


def _selected_users(call: Call, options: Options) -> list[Mailbox]:
    found = [mailbox for mailbox in call.tenant.mailboxes.values() if not mailbox.is_hidden]
    if options.search is not None:
        found = [mailbox for mailbox in found if _found_by(mailbox, options.search)]
    if options.filter is not None:
        wanted = options.filter
        check_names(wanted, _FILTERABLE, kind="user")
        found = [mailbox for mailbox in found if satisfies(wanted, _lookup(mailbox))]
    if options.order is not None:
        name, descending = options.order
        if name not in {"displayName", "userPrincipalName"}:
            raise bad_request(f"Sorting by '{name}' is not supported for current query.")
        found.sort(key=lambda mailbox: str(user_json(mailbox)[name]).lower(), reverse=descending)
    return found


def _lookup(mailbox: Mailbox) -> Any:
    shown = user_json(mailbox)

    def value_of(path: str) -> Value:
        return shown.get(path)

    return value_of


def _found_by(mailbox: Mailbox, search: str) -> bool:
    """`$search="displayName:wa"`: the beginning of a word."""
    name, _, text = search.strip('"').partition(":")
    if name not in {"displayName", "mail", "userPrincipalName"}:
        raise bad_request(f"Unrecognized search clause '{search}'.")
    held = str(user_json(mailbox)[name]).lower()
    return any(word.startswith(text.lower()) for word in [held, *held.split()])


def _offset(options: Options) -> int:
    if options.skip_token is None:
        return 0
    token = open_skip(options.skip_token)
    if token is None or token.what != "users":
        text = "The $skiptoken is not valid."
        raise bad_request(text)
    return token.offset


def _chosen(shown: dict[str, Any], select: frozenset[str]) -> dict[str, Any]:
    if not select:
        return {name: shown[name] for name in _DEFAULT}
    for name in select:
        if name not in shown:
            raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.user'.")
    return {name: value for name, value in shown.items() if name in select}
