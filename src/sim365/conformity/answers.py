"""The check of one answer: its envelope, its annotations, and its values against the types.

Pure. Answers are checked as the service gave them, before weather spoils them on the way.
"""

import re
from collections.abc import Mapping
from typing import Any, assert_never, cast

from sim365.conformity.checkers import checker_of, shown
from sim365.conformity.paths import Batch, Many, Nothing, One, Raw, Shape, Unknown, Value, shape_of
from sim365.conformity.schema import Use
from sim365.http.requests import Answer, Request

COMPLAINTS_MAX = 8
"""Of one answer: a page of a thousand events says the same thing a thousand times."""

_CONTEXT = re.compile(r"https?://[^/]+/v1\.0/\$metadata#.+")
_LINK = re.compile(r"https?://[^/]+/v1\.0/\S+")
_INNER = ("date", "request-id", "client-request-id")
_ERROR = checker_of(Use("graphError"))
_NOTICES = checker_of(Use("changeNotificationCollection"))
_REASONS = frozenset({"deleted", "changed"})


def complaints(request: Request, answer: Answer) -> list[str]:
    """What in an answer does not fit the types; each line names its place."""
    found: list[str] = []
    if answer.status >= 400:
        _check_error(answer.body, found)
    else:
        _check_success(request, answer, shape_of(request.segments()[1:]), found)
    return found[:COMPLAINTS_MAX]


def notice_complaints(notice: object) -> list[str]:
    """What in the body of a webhook's POST does not fit the types."""
    found: list[str] = []
    for number, entry in enumerate(_listed(notice)):
        # What a notice says of the changed item is annotated in the outer style and of no declared type (FACTS 5).
        data: Any = entry.get("resourceData")
        bare = {key: value for key, value in entry.items() if key != "resourceData"}
        _NOTICES({"value": [bare]}, f"notice {number}", found)
        if data is not None and "id" not in _entries(data):
            found.append(f"notice {number}: resourceData names no id: {shown(data)}")
    return found[:COMPLAINTS_MAX]


def _listed(notice: object) -> list[dict[str, Any]]:
    rows: Any = _entries(notice).get("value")
    return [_entries(row) for row in cast("list[Any]", rows)] if isinstance(rows, list) else []


def _entries(value: object) -> dict[str, Any]:
    """The members of a JSON object; none where it is something else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _check_error(body: object, found: list[str]) -> None:
    entries = _entries(body)
    if set(entries) != {"error"}:
        found.append(f"the error envelope holds one member, error, not {shown(body)}")
        return
    _ERROR(entries["error"], "error", found)
    error = _entries(entries["error"])
    if not error.get("code") or not isinstance(error.get("message"), str):
        found.append(f"error: a code and a message belong to every error, not {shown(error)}")
    inner: Any = error.get("innerError")
    if not all(isinstance(_entries(inner).get(name), str) for name in _INNER):
        found.append(f"error.innerError: {', '.join(_INNER)} belong here, not {shown(inner)}")


def _check_success(request: Request, answer: Answer, shape: Shape, found: list[str]) -> None:
    match shape:
        case Raw():
            if answer.raw is None:
                found.append("text or bytes were expected, not JSON")
        case Nothing():
            _check_empty(answer, found)
        case Batch():
            _check_batch(answer.body, found)
        case Unknown(segment):
            if answer.body is not None:
                found.append(f"the types do not say what stands at '{segment}'")
        case One() | Many() | Value():
            if request.method == "DELETE" or (answer.status in {202, 204}):
                _check_empty(answer, found)
            else:
                _check_json(request, answer.body, shape, found)
        case _:
            assert_never(shape)


def _check_empty(answer: Answer, found: list[str]) -> None:
    if answer.body is not None or answer.raw:
        found.append(f"{answer.status} has no body here, but came with {shown(answer.body or answer.raw)}")


def _check_json(request: Request, body: object, shape: One | Many | Value, found: list[str]) -> None:
    if not isinstance(body, dict):
        found.append(f"a JSON object was expected, not {shown(body)}")
        return
    entries = dict(_entries(cast("object", body)))
    context = entries.pop("@odata.context", None)
    if not isinstance(context, str) or _CONTEXT.fullmatch(context) is None:
        found.append(f"@odata.context names the metadata, not {shown(context)}")
    match shape:
        case Many(type=name) if request.method == "POST" and not shape.is_operation:
            checker_of(Use(name))(entries, name, found)
        case Many():
            _check_collection(entries, shape, found)
        case One():
            checker_of(Use(shape.type))(entries, shape.type, found)
        case Value():
            if set(entries) != {"value"}:
                found.append(f"a property's answer holds value alone, not {shown(sorted(entries))}")
            checker_of(shape.use)(entries.get("value"), "value", found)
        case _:
            assert_never(shape)


def _check_collection(entries: Mapping[str, Any], shape: Many, found: list[str]) -> None:
    for key, value in entries.items():
        match key:
            case "value":
                pass
            case "@odata.count":
                checker_of(Use("Int64"))(value, key, found)
            case "@odata.nextLink" | "@odata.deltaLink":
                if not isinstance(value, str) or _LINK.fullmatch(value) is None:
                    found.append(f"{key}: a link was expected, not {shown(value)}")
            case _:
                found.append(f"a collection's answer has no member {key}")
    if "@odata.deltaLink" in entries and (not shape.is_delta or "@odata.nextLink" in entries):
        found.append("a deltaLink ends a round of delta, and a page with a nextLink does not end it")
    if shape.is_delta and "@odata.deltaLink" not in entries and "@odata.nextLink" not in entries:
        found.append("a page of delta leads on: nextLink or deltaLink")
    _check_rows(entries.get("value"), shape, found)


def _check_rows(rows: object, shape: Many, found: list[str]) -> None:
    if not isinstance(rows, list):
        found.append(f"value: a collection was expected, not {shown(rows)}")
        return
    check = checker_of(Use(shape.type))
    for number, row in enumerate(cast("list[Any]", rows)):
        place = f"{shape.type}[{number}]"
        removed = _entries(row)
        if not shape.is_delta or "@removed" not in removed:
            check(row, place, found)
            continue
        reason: Any = removed["@removed"]
        if _entries(reason).get("reason") not in _REASONS:
            found.append(f"{place}: @removed gives a reason, not {shown(reason)}")
        check({key: value for key, value in removed.items() if key != "@removed"}, place, found)


def _check_batch(body: object, found: list[str]) -> None:
    entries = _entries(body)
    if not set(entries) <= {"responses", "@odata.nextLink"}:
        found.append(f"a batch answers with responses, not {shown(sorted(entries))}")
    checker_of(Use("batchResponseItem", is_many=True))(entries.get("responses"), "responses", found)
