"""`$batch`: up to twenty requests in one, with dependencies (FACTS 7)."""

import base64
import binascii
import urllib.parse
from collections import Counter
from typing import Any

import msgspec

from sim365.calendars.json_types import Json, as_list, as_object, as_text
from sim365.errors import GraphError, bad_request
from sim365.http.requests import Answer, Broken, Outcome, Request
from sim365.http.routing import Call, Route, Routes
from sim365.limits import CONCURRENT_MAX
from sim365.weather import Fault

ITEMS_MAX = 20
_INHERITED = ("authorization", "client-request-id")


def bind(routes: Routes) -> None:
    """`/$batch`."""
    routes.add("POST", "$batch", Route("batch", run_batch, (), holds_lock=False))


def run_batch(call: Call) -> Answer:
    """Each item as a request of its own; the envelope is 200 whatever became of them."""
    items = _read_items(call)
    answers: dict[str, Json] = {}
    surplus = _surplus(items) if call.world.switches.batch_surplus_throttled else frozenset[str]()
    for item in _in_order(items):
        name = item["id"]
        failed = [other for other in item["dependsOn"] if answers[other]["status"] >= 400]
        if failed:
            answers[name] = _shown(name, Answer(424, _error("FailedDependency", "A dependency failed.")))
        elif name in surplus:
            text = "Application is over its MailboxConcurrency limit."
            answers[name] = _shown(name, Answer(429, _error("ApplicationThrottled", text), {"Retry-After": "1"}))
        else:
            answers[name] = _shown(name, call.outside.inner(_request(call, item)))
    return Answer(200, {"responses": _delivered(call, list(answers.values()))})


def _read_items(call: Call) -> list[Json]:
    entries = as_list(call.request.json_object().get("requests"), "requests")
    if not entries or len(entries) > ITEMS_MAX:
        raise bad_request(f"A batch holds 1 to {ITEMS_MAX} requests; this one holds {len(entries)}.")
    items: list[Json] = []
    names: set[str] = set()
    for entry in entries:
        body = as_object(entry, "requests")
        name = as_text(body.get("id"), "id")
        if name in names:
            raise bad_request(f"The request id '{name}' is used twice.")
        names.add(name)
        items.append(_read_item(body, name))
    for item in items:
        if not set(item["dependsOn"]) <= names - {item["id"]}:
            raise bad_request(f"The request '{item['id']}' depends on a request that is not in the batch.")
    return items


def _read_item(body: Json, name: str) -> Json:
    url = as_text(body.get("url"), "url")
    if "://" in url or "$batch" in url.lower():
        raise bad_request(f"The url of request '{name}' must be relative and must not be a batch.")
    headers = {key.lower(): str(value) for key, value in as_object(body.get("headers") or {}, "headers").items()}
    if body.get("body") is not None and "content-type" not in headers:
        raise bad_request(f"Write request '{name}' does not contain a Content-Type header.")
    method = as_text(body.get("method"), "method").upper()
    if method not in {"GET", "POST", "PATCH", "PUT", "DELETE"}:
        raise bad_request(f"The method '{method}' of request '{name}' is not supported.")
    depends = [as_text(other, "dependsOn") for other in as_list(body.get("dependsOn") or [], "dependsOn")]
    return {
        "id": name,
        "url": url,
        "headers": headers,
        "content": _content(body.get("body"), headers.get("content-type", ""), name),
        "method": method,
        "dependsOn": depends,
    }


def _content(body: object, kind: str, name: str) -> bytes:
    """The bytes of an item's body: JSON as it stands, anything else as base64."""
    if body is None:
        return b""
    if "json" in kind.lower():
        return msgspec.json.encode(body)
    try:
        return base64.b64decode(as_text(body, "body"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_request(f"The body of request '{name}' is neither JSON nor base64.") from error


def _in_order(items: list[Json]) -> list[Json]:
    """Dependencies first, else as sent."""
    waiting, done, ordered = list(items), set[str](), list[Json]()
    for _ in range(len(items)):
        ready = next((item for item in waiting if set(item["dependsOn"]) <= done), None)
        if ready is None:
            raise bad_request("The dependencies of the batch form a circle.")
        waiting.remove(ready)
        done.add(ready["id"])
        ordered.append(ready)
    return ordered


def _surplus(items: list[Json]) -> frozenset[str]:
    """The independent items beyond four for one mailbox, which Exchange used to throttle."""
    seen: Counter[str] = Counter()
    found: set[str] = set()
    for item in items:
        if item["dependsOn"]:
            continue
        mailbox = "/".join(item["url"].strip("/").lower().split("/")[:2])
        seen[mailbox] += 1
        if seen[mailbox] > CONCURRENT_MAX:
            found.add(item["id"])
    return frozenset(found)


def _request(call: Call, item: Json) -> Request:
    path, _, query = item["url"].partition("?")
    headers = {name: call.request.headers[name] for name in _INHERITED if name in call.request.headers}
    return Request(
        item["method"],
        "/v1.0/" + urllib.parse.unquote(path).lstrip("/"),
        query,
        headers | item["headers"],
        item["content"],
        call.request.origin,
    )


def _shown(name: str, outcome: Outcome) -> Json:
    if isinstance(outcome, Broken):
        raise GraphError(504, "UnknownError", "")
    headers = {key: value for key, value in outcome.headers.items() if key not in {"Date", "x-ms-ags-diagnostic"}}
    shown: dict[str, Any] = {"id": name, "status": outcome.status, "headers": headers}
    if outcome.raw is not None:
        shown["headers"]["Content-Type"] = outcome.content_type
        shown["body"] = base64.b64encode(outcome.raw).decode()
    elif outcome.body is not None:
        shown["headers"]["Content-Type"] = "application/json"
        shown["body"] = outcome.body
    return shown


def _delivered(call: Call, answers: list[Json]) -> list[Json]:
    if Fault.ANSWERS_SHUFFLED in call.faults:
        call.world.chance.shuffle(answers)
    if Fault.ANSWER_MISSING in call.faults and answers:
        del answers[call.world.chance.randrange(len(answers))]
    return answers


def _error(code: str, message: str) -> Json:
    return {"error": {"code": code, "message": message}}
