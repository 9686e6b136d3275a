"""`/users/{u}/outlook/masterCategories` (FACTS 3.11)."""

from typing import Any

from sim365 import ids
from sim365.calendars.json_types import as_member, as_text
from sim365.directory.categories import COLORS, NAME_MAX, categories_of
from sim365.errors import GraphError, failed_validation, item_not_found, unparsable_query, unreadable_body
from sim365.http.filters import check_names, satisfies
from sim365.http.odata import Options, page_of, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes
from sim365.routes.mailbox_settings import READ, WRITE
from sim365.state import Category

PAGE = 100
NAMES = frozenset({"id", "displayName", "color"})


def bind(routes: Routes) -> None:
    """List, create, read, recolour, delete."""
    base = "users/{user}/outlook/masterCategories"
    one = f"{base}/{{category}}"
    routes.add("GET", base, Route("masterCategories list", list_categories, READ, reach=Reach.OWNER))
    routes.add("POST", base, Route("masterCategory create", create_category, WRITE, reach=Reach.OWNER))
    routes.add("GET", one, Route("masterCategory get", get_category, READ, reach=Reach.OWNER))
    routes.add("PATCH", one, Route("masterCategory update", update_category, WRITE, reach=Reach.OWNER))
    routes.add("DELETE", one, Route("masterCategory delete", delete_category, WRITE, reach=Reach.OWNER))


def list_categories(call: Call) -> Answer:
    """The master list."""
    options = read_options(call.request, top=PAGE)
    shown = [_shown(category) for category in categories_of(call.mailbox).values()]
    if options.filter is not None:
        wanted = options.filter
        check_names(wanted, NAMES, kind="outlookCategory")
        shown = [each for each in shown if satisfies(wanted, each.get)]
    chosen = [_chosen(each, options) for each in shown]
    return Answer(200, page_of(call.request, chosen, options, context=_context(call)))


def create_category(call: Call) -> Answer:
    """A new category; its name must be free, whatever its case."""
    body = call.request.json_object()
    _check_names(body)
    name = as_text(body.get("displayName"), "displayName").strip()
    if not 0 < len(name) <= NAME_MAX or "," in name:
        raise failed_validation(f"A category needs a name of 1 to {NAME_MAX} characters without commas.")
    held = categories_of(call.mailbox)
    if any(other.name.lower() == name.lower() for other in held.values()):
        raise GraphError(409, "CategoryNameDuplicate", f"The category '{name}' exists already.")
    color = as_member(body.get("color", "none"), "color", COLORS)
    category = Category(ids.guid("category", call.mailbox.oid, call.world.next_serial()), name, color)
    held[category.id] = category
    return _one(call, category, 201)


def get_category(call: Call) -> Answer:
    """One category."""
    return _one(call, _category(call), 200)


def update_category(call: Call) -> Answer:
    """Another colour; the name stays what it is."""
    category = _category(call)
    body = call.request.json_object()
    _check_names(body)
    if body.get("displayName", category.name) != category.name:
        raise GraphError(400, "ErrorInvalidRequest", "The displayName of a category cannot be changed.")
    if "color" in body:
        category.color = as_member(body["color"], "color", COLORS)
    return _one(call, category, 200)


def delete_category(call: Call) -> Answer:
    """Off the list; events keep the name."""
    del categories_of(call.mailbox)[_category(call).id]
    return Answer(204)


def _category(call: Call) -> Category:
    found = categories_of(call.mailbox).get(call.params["category"].lower())
    if found is None:
        raise item_not_found()
    return found


def _check_names(body: dict[str, Any]) -> None:
    for name in body:
        if name not in NAMES and not name.startswith("@"):
            raise unreadable_body(f"The property '{name}' does not exist on type 'microsoft.graph.outlookCategory'.")


def _one(call: Call, category: Category, status: int) -> Answer:
    options = read_options(call.request, top=1)
    context = f"{call.request.origin}/v1.0/$metadata#{_context(call)}/$entity"
    return Answer(status, {"@odata.context": context, **_chosen(_shown(category), options)})


def _context(call: Call) -> str:
    return f"users('{call.mailbox.oid}')/outlook/masterCategories"


def _shown(category: Category) -> dict[str, Any]:
    return {"id": category.id, "displayName": category.name, "color": category.color}


def _chosen(shown: dict[str, Any], options: Options) -> dict[str, Any]:
    for name in options.select - NAMES - {"*"}:
        raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.outlookCategory'.")
    if not options.select or "*" in options.select:
        return shown
    return {name: value for name, value in shown.items() if name in options.select}
