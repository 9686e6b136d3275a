"""What the control API does to Exchange itself: an administrator's PowerShell, people outside, Inboxes, rooms' panels.

Each order is one POST or GET below `/_sim`; `ROUTES` says which, `do` carries one out.
"""

from dataclasses import asdict
from typing import Any

from werkzeug.routing import Rule

from sim365.simulator import Simulator

Json = dict[str, Any]

ROUTES = [
    Rule("/_sim/powershell", methods=["POST"], endpoint="powershell"),
]
ENDPOINTS = frozenset(rule.endpoint for rule in ROUTES)


def do(simulator: Simulator, endpoint: str, places: dict[str, str], body: Json) -> Json:
    """One order."""
    del places
    match endpoint:
        case "powershell":
            outcome = simulator.powershell(_text(body, "lines"))
            return {
                "output": outcome.output,
                "errors": [asdict(error) | {"text": error.text} for error in outcome.errors],
            }
        case _:
            message = f"nobody carries out {endpoint}"
            raise AssertionError(message)


def _text(body: Json, name: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        message = f"'{name}' must be a text"
        raise TypeError(message)
    return value
