"""`translateExchangeIds`: an item's id from one format into another (FACTS 3.9).

The four formats say the same: with or without the folder (ordinary or immutable), written for URLs or for older
programs. An id that cannot be read has an error in its own entry.
"""

from typing import Any

from sim365 import ids
from sim365.calendars.json_types import as_list, as_member, as_text
from sim365.errors import GraphError, unreadable_body
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes

ROLES = ("User.ReadBasic", "User.Read", "User.ReadWrite", "User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All")
IDS_MAX = 1000
FORMATS = ("entryId", "ewsId", "immutableEntryId", "restId", "restImmutableEntryId")
_BINARY = frozenset({"entryId", "immutableEntryId"})
_IMMUTABLE = frozenset({"immutableEntryId", "restImmutableEntryId"})


def bind(routes: Routes) -> None:
    """`POST /users/{u}/translateExchangeIds`."""
    route = Route("translateExchangeIds", translate, ROLES, reach=Reach.OWNER)
    routes.add("POST", "users/{user}/translateExchangeIds", route)


def translate(call: Call) -> Answer:
    """Up to a thousand ids."""
    body = {name.lower(): value for name, value in call.request.json_object().items()}
    given = [as_text(each, "inputIds") for each in as_list(body.get("inputids"), "inputIds")]
    if len(given) > IDS_MAX:
        raise GraphError(400, "ErrorInvalidRequest", f"At most {IDS_MAX} ids are translated at a time.")
    if "sourceidtype" not in body or "targetidtype" not in body:
        text = "translateExchangeIds needs a sourceIdType and a targetIdType."
        raise unreadable_body(text)
    source = as_member(body["sourceidtype"], "sourceIdType", FORMATS)
    target = as_member(body["targetidtype"], "targetIdType", FORMATS)
    context = f"{call.request.origin}/v1.0/$metadata#Collection(microsoft.graph.convertIdResult)"
    return Answer(200, {"@odata.context": context, "value": [_result(call, each, source, target) for each in given]})


def _result(call: Call, text: str, source: str, target: str) -> dict[str, Any]:
    found = _translated(call, text, source, target)
    if found is not None:
        return {"sourceId": text, "targetId": found}
    error = {"code": "ErrorInvalidIdMalformed", "message": "Id is malformed."}
    return {"sourceId": text, "targetId": None, "errorDetails": error}


def _translated(call: Call, text: str, source: str, target: str) -> str | None:
    key = ids.read_id(_padded(text) if source in _BINARY else text)
    if key is None or key.mailbox != call.mailbox.tag or key.immutable != (source in _IMMUTABLE):
        return None
    is_container = key.folder == ids.CALENDAR_FOLDER
    serial = key.serial if is_container else call.mailbox.named(key)
    home = key.folder if is_container else call.mailbox.homes.get(serial, key.folder)
    immutable = target in _IMMUTABLE and not is_container  # containers have no immutable form
    serial = call.mailbox.origins.get(serial, serial) if immutable else serial
    rest = ids.item_id(key.mailbox, folder=home, serial=serial, day=key.day, immutable=immutable)
    if target in _BINARY:
        bare = rest.rstrip("=")
        return f"{bare}{len(rest) - len(bare)}"
    return rest.replace("-", "+").replace("_", "/") if target == "ewsId" else rest


def _padded(text: str) -> str:
    """Binary formats end in the number of padding signs that were cut off."""
    return text[:-1] + "=" * int(text[-1]) if text[-1:] in {"0", "1", "2"} else ""
