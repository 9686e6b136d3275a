"""What each switch means, from the docstring under it, for people who turn switches on the operator's page."""

from __future__ import annotations

import ast
import functools
import inspect
from dataclasses import fields

from sim365 import switches
from sim365.pages.forms import Json
from sim365.switches import Switches


def switch_rows(state: Switches) -> list[Json]:
    """Every switch as it stands, with its default and its meaning."""
    usual = Switches()
    rows: list[Json] = []
    for field in fields(Switches):
        value = getattr(state, field.name)
        section, meaning = words_of_switch(field.name)
        rows.append(
            {
                "name": field.name,
                "value": value,
                "is_flag": isinstance(value, bool),
                "is_usual": value == getattr(usual, field.name),
                "usual": getattr(usual, field.name),
                "section": section,
                "meaning": meaning,
            }
        )
    return rows


def words_of_switch(name: str) -> tuple[str, str]:
    """The section of the facts, and the sentence."""
    before, _, after = _documented().get(name, "").partition(": ")
    section, meaning = (before, after) if after else ("", before)
    plain = meaning.replace("`", "")
    return section, plain[:1].upper() + plain[1:]


@functools.lru_cache(maxsize=1)
def _documented() -> dict[str, str]:
    """The string under each field; where one stands under several, it belongs to the first."""
    (held,) = [
        node
        for node in ast.parse(inspect.getsource(switches)).body
        if isinstance(node, ast.ClassDef) and node.name == "Switches"
    ]
    found: dict[str, str] = {}
    last = ""
    for node in held.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = " ".join(str(node.value.value).split())
    return found
