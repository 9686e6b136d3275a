"""Users of the directory: lists with the directory's own rules for queries, single users, writing (FACTS 2.2)."""

from typing import Any

from sim365.calendars.json_types import as_flag, as_optional_text
from sim365.directory.lifecycle import delete_user
from sim365.directory.queries import check_query, found_by, matches, unsupported
from sim365.directory.users import ALL, chosen, user_json
from sim365.errors import GraphError, NotModelledError, bad_request, directory_denied, unparsable_query, unreadable_body
from sim365.http.odata import Options, link_to, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.routes.mailbox_settings import READ as SETTINGS_READ
from sim365.state import Card, Mailbox
from sim365.tracking.tokens import SkipToken, open_skip, seal

USERS_PAGE = 100
USERS_TOP_MAX = 999
LIST_ROLES = ("User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All")
USER_ROLES = (*LIST_ROLES, "User.Read", "User.ReadWrite")
WRITE_ROLES = ("User.ReadWrite.All", "Directory.ReadWrite.All")
_RELATIONS = frozenset(
    {"manager", "directReports", "memberOf", "transitiveMemberOf", "ownedObjects", "registeredDevices"}
)
_CARD = {
    "givenName": "given_name", "surname": "surname", "companyName": "company_name", "streetAddress": "street",
    "city": "city", "state": "state", "postalCode": "postal_code", "country": "country",
    "mobilePhone": "mobile_phone", "preferredLanguage": "preferred_language",
}  # fmt: skip
_OWN = {"jobTitle": "job_title", "department": "department", "officeLocation": "office_location"}
TEXT_MAX = 128


def bind(routes: Routes) -> None:
    """`/users`, `/users/$count`, `/users/{u}`."""
    routes.add("GET", "users", Route("users list", list_users, LIST_ROLES, is_directory=True))
    routes.add("GET", "users/$count", Route("users count", count_users, LIST_ROLES, is_directory=True))
    routes.add("GET", "users/{user}", Route("user get", get_user, USER_ROLES, is_directory=True))
    routes.add("PATCH", "users/{user}", Route("user update", update_user, WRITE_ROLES, is_directory=True))
    routes.add("DELETE", "users/{user}", Route("user delete", remove_user, WRITE_ROLES, is_directory=True))


def list_users(call: Call) -> Answer:
    """A page of users; paged by `$skiptoken`. Without the eventual consistency level `$count` is passed over."""
    options = _options(call)
    is_eventual = _is_eventual(call)
    if "mailboxSettings" in options.select:
        text = "The property 'mailboxSettings' is read one user at a time."
        raise unsupported(text)
    check_query(options, is_eventual=is_eventual)
    found = _selected(call, options)
    offset = _offset(options)
    body: dict[str, Any] = {"@odata.context": f"{call.request.origin}/v1.0/$metadata#users{_selection(options)}"}
    if options.count and is_eventual:
        body["@odata.count"] = len(found)
    body["value"] = [chosen(mailbox, options.select) for mailbox in found[offset : offset + options.top]]
    if offset + options.top < len(found):
        token = seal(SkipToken("users", offset + options.top))
        kept = {name: value for name, value in call.request.options() if name.lower() != "$skiptoken"}
        body["@odata.nextLink"] = link_to(call.request, call.request.path, kept | {"$skiptoken": token})
    return Answer(200, body)


def count_users(call: Call) -> Answer:
    """The bare number of users; counting is an advanced query by itself."""
    options = _options(call)
    if not _is_eventual(call):
        text = "$count is not currently supported without the header ConsistencyLevel: eventual."
        raise bad_request(text)
    options.count = True
    check_query(options, is_eventual=True)
    return Answer(200, raw=str(len(_selected(call, options))).encode(), content_type="text/plain")


def get_user(call: Call) -> Answer:
    """One user."""
    options = _options(call)
    if "mailboxSettings" in options.select:
        _check_settings(call)
    context = f"{call.request.origin}/v1.0/$metadata#users{_selection(options)}/$entity"
    return Answer(200, {"@odata.context": context} | chosen(call.mailbox, options.select))


def update_user(call: Call) -> Answer:
    """Write what the card of a person holds."""
    changes: list[tuple[object, str, Any]] = []
    card = call.mailbox.card or Card()
    for name, value in call.request.json_object().items():
        changes.append(_change(call.mailbox, card, name, value))
    for owner, attribute, value in changes:
        setattr(owner, attribute, value)
    call.mailbox.card = card
    return Answer(204)


def remove_user(call: Call) -> Answer:
    """Into the deleted items of the directory."""
    delete_user(call.world, call.tenant, call.mailbox)
    return Answer(204)


def _change(mailbox: Mailbox, card: Card, name: str, value: object) -> tuple[object, str, Any]:
    if name == "accountEnabled":
        return mailbox, "account_enabled", as_flag(value, name)
    if name == "displayName":
        text = _text(value, name)
        if not text:
            raise GraphError(400, "Request_BadRequest", "Invalid value specified for property 'displayName'.")
        return mailbox, "display_name", text
    if name in _CARD:
        return card, _CARD[name], _text(value, name)
    if name in _OWN:
        return mailbox, _OWN[name], _text(value, name)
    if name in ALL:
        raise NotModelledError(f"writing the property '{name}' of a user")
    raise unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.user'.")


def _text(value: object, name: str) -> str | None:
    text = as_optional_text(value, name)
    if text is not None and (len(text) > TEXT_MAX or not text.isprintable()):
        raise GraphError(
            400, "Request_BadRequest", f"Invalid value specified for property '{name}' of resource 'User'."
        )
    return text


def _options(call: Call) -> Options:
    options = read_options(call.request, top=USERS_PAGE, top_max=USERS_TOP_MAX)
    if options.skip:
        text = "'$skip' is not supported by the service."
        raise bad_request(text)
    for name in sorted(options.select - ALL - {"*"}):
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.user'.")
    for name in options.expand:
        if name in _RELATIONS:
            raise NotModelledError(f"$expand={name} of users")
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.user'.")
    return options


def _check_settings(call: Call) -> None:
    """The settings are the mailbox's: they need its permission, and that there is one."""
    granted = call.principal.roles if call.principal.user_oid is None else call.principal.scopes
    if not granted.intersection(SETTINGS_READ):
        raise directory_denied()
    if not call.mailbox.has_mailbox:
        text = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        raise GraphError(404, "MailboxNotEnabledForRESTAPI", text)


def _is_eventual(call: Call) -> bool:
    return call.request.headers.get("consistencylevel", "").lower() == "eventual"


def _selected(call: Call, options: Options) -> list[Mailbox]:
    found = list(call.tenant.mailboxes.values())
    if options.search is not None:
        search = options.search
        found = [mailbox for mailbox in found if found_by(mailbox, search)]
    if options.filter is not None:
        wanted = options.filter
        found = [mailbox for mailbox in found if matches(mailbox, wanted)]
    if options.order is not None:
        name, descending = options.order
        found.sort(key=lambda mailbox: str(user_json(mailbox)[name]).lower(), reverse=descending)
    return found


def _offset(options: Options) -> int:
    if options.skip_token is None:
        return 0
    token = open_skip(options.skip_token)
    if token is None or token.what != "users":
        text = "The $skiptoken is not valid."
        raise bad_request(text)
    return token.offset


def _selection(options: Options) -> str:
    return f"({','.join(sorted(options.select))})" if options.select and "*" not in options.select else ""
