"""The reference of the REST interface, written from what is served: the OpenAPI description and the table of problems.

Decides how an operation is told in Markdown; `docs/reference/api.md` is this text, and a test fails where it is stale.
`python -m holdfast.api` prints it.
"""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from holdfast.api import problems
from holdfast.api.door import DESCRIPTION, api
from holdfast.api.problems import KINDS, Problem

PREFIX = "/api/v1/"
_HEAD = "# REST interface\n\n<!-- Written by `python -m holdfast.api`; a test fails where it is stale. -->\n"


def page(request: HttpRequest) -> HttpResponse:
    """The same reference for people, served by ourselves: no other site is asked for anything."""
    return render(
        request,
        "api/reference.html",
        {"operations": list(operations()), "problems": list(KINDS.values()), "description": DESCRIPTION},
    )


def unknown(request: HttpRequest) -> HttpResponse:
    """Whatever is not an address of the interface."""
    return problems.answer(request, Problem("not_found"))


def schema() -> dict[str, Any]:
    return api.get_openapi_schema(path_prefix=PREFIX)


def operations() -> Iterator[dict[str, Any]]:
    """Every operation, in the order of the addresses."""
    for address, methods in schema()["paths"].items():
        for method, told in methods.items():
            yield {
                "method": method.upper(),
                "address": address,
                "summary": told.get("summary", ""),
                "description": told.get("description", ""),
                "parameters": [_parameter(one) for one in told.get("parameters", ())],
                "body": _shape(told.get("requestBody", {})),
                "answers": [
                    _answer(status, one)
                    for status, one in sorted(told["responses"].items(), key=lambda pair: str(pair[0]))
                ],
            }


def markdown() -> str:
    """The whole reference as Markdown."""
    return (
        "\n".join(
            [
                _HEAD,
                DESCRIPTION.strip(),
                "",
                "## Addresses",
                *_operations(),
                "## Shapes",
                *_shapes(),
                "## Problems",
                "",
                *_problems(),
            ]
        )
        + "\n"
    )


def _operations() -> Iterator[str]:
    for one in operations():
        yield f"\n### {one['method']} `{one['address']}`\n\n{one['summary']}.\n"
        if one["description"]:
            yield f"{one['description']}\n"
        for name, where, words in one["parameters"]:
            yield f"- `{name}` ({where}){': ' + words if words else ''}"
        if one["body"]:
            yield f"- body: [{one['body']}](#{one['body'].lower()})"
        for status, shape in one["answers"]:
            yield f"- {status}{f': [{shape}](#{shape.lower()})' if shape else ''}"
    yield ""


def _shapes() -> Iterator[str]:
    for name, told in sorted(schema()["components"]["schemas"].items()):
        yield f"\n### {name}\n\n| field | type | |\n|---|---|---|"
        needed = set(told.get("required", ()))
        for field, facts in told.get("properties", {}).items():
            words = facts.get("description", "")
            example = f" e.g. `{facts['examples'][0]}`" if facts.get("examples") else ""
            yield f"| `{field}`{'' if field not in needed else ' *'} | {_type(facts)} | {words}{example} |"
    yield "\n\\* always there (in an answer) or needed (in a request).\n"


def _problems() -> Iterator[str]:
    yield "| code | status | means | what to do |\n|---|---|---|---|"
    for kind in KINDS.values():
        yield f"| `{kind.code}` | {kind.status} | {kind.title} | {kind.remedy} |"


def _parameter(told: dict[str, Any]) -> tuple[str, str, str]:
    where = {"path": "in the address", "query": "query", "header": "header"}[told["in"]]
    return told["name"], where, told.get("description", "")


def _answer(status: object, told: dict[str, Any]) -> tuple[str, str]:
    return str(status), _shape(told)


def _shape(told: dict[str, Any]) -> str:
    content = told.get("content", {}).get("application/json", {}).get("schema", {})
    return _name(content) or _name(content.get("items", {}))


def _name(facts: dict[str, Any]) -> str:
    found = facts.get("$ref") or next((one["$ref"] for one in facts.get("anyOf", ()) if "$ref" in one), "")
    return found.rsplit("/", 1)[-1]


def _type(facts: dict[str, Any]) -> str:
    if _name(facts):
        return _name(facts)
    if "anyOf" in facts:
        return " or ".join(_type(one) for one in facts["anyOf"])
    if facts.get("type") == "array":
        return f"list of {_type(facts.get('items', {}))}"
    if "enum" in facts:
        return ", ".join(f"`{one}`" for one in facts["enum"])
    return str(facts.get("format") or facts.get("const") or facts.get("type", "anything"))
