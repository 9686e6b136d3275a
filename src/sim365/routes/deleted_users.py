"""Deleted users: listed, restored or removed for good within thirty days (FACTS 0.2)."""

from sim365.directory.lifecycle import deleted_users, forget_user, restore_user
from sim365.directory.users import ALL, DEFAULT, chosen
from sim365.errors import GraphError
from sim365.http.odata import Options, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Route, Routes
from sim365.state import Mailbox

READ = ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "User.DeleteRestore.All")
RESTORE = ("User.DeleteRestore.All", "User.ReadWrite.All", "Directory.ReadWrite.All")
PAGE = 100
TYPED = "#microsoft.graph.user"


def bind(routes: Routes) -> None:
    """`/directory/deletedItems`, by the type of user and by id."""
    base = "directory/deletedItems"
    listing = Route("deleted users list", list_deleted, READ, is_directory=True)
    routes.add("GET", f"{base}/microsoft.graph.user", listing)
    routes.add("GET", f"{base}/{{item}}", Route("deleted user get", get_deleted, READ, is_directory=True))
    routes.add("POST", f"{base}/{{item}}/restore", Route("deleted user restore", restore, RESTORE, is_directory=True))
    routes.add("DELETE", f"{base}/{{item}}", Route("deleted user remove", remove, RESTORE, is_directory=True))
    routes.add_gap(f"{base}/microsoft.graph.group", "deleted groups")
    routes.add_gap(f"{base}/microsoft.graph.application", "deleted applications")


def list_deleted(call: Call) -> Answer:
    """Who can be restored."""
    options = read_options(call.request, top=PAGE)
    shown = [_shown(mailbox, options) for mailbox in deleted_users(call.world, call.tenant)]
    return Answer(200, page_of(call.request, shown, options, context="directoryObjects/microsoft.graph.user"))


def get_deleted(call: Call) -> Answer:
    """One of them."""
    options = read_options(call.request, top=1)
    return _one(call, {"@odata.type": TYPED, **_shown(_item(call), options)})


def restore(call: Call) -> Answer:
    """Back into the directory."""
    found = restore_user(call.world, call.tenant, _item(call).oid)
    return _one(call, {"@odata.type": TYPED, **_shown(found, Options(top=1))})


def remove(call: Call) -> Answer:
    """For good."""
    forget_user(call.tenant, _item(call).oid)
    return Answer(204)


def _one(call: Call, shown: dict[str, object]) -> Answer:
    return Answer(200, {"@odata.context": f"{call.request.origin}/v1.0/$metadata#directoryObjects/$entity", **shown})


def _item(call: Call) -> Mailbox:
    name = call.params["item"].lower()
    found = next((each for each in deleted_users(call.world, call.tenant) if each.oid == name), None)
    if found is None:
        text = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
        raise GraphError(404, "Request_ResourceNotFound", text)
    return found


def _shown(mailbox: Mailbox, options: Options) -> dict[str, object]:
    select = options.select & ALL or frozenset({*DEFAULT, "deletedDateTime"})
    return chosen(mailbox, select - {"mailboxSettings"})
