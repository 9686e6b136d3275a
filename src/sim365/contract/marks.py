"""How everything that a run makes can be told from everything else: its number in the name and in a property."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

PROPERTY = "String {6b1f0a52-3c7e-4d5a-9f43-3650c0117ac7} Name sim365ContractRun"
"""The single-value extended property whose value is the run's number."""
RUN = re.compile(r"[0-9a-f]{8}")
_MARKED = re.compile(r"\[sim365 ([0-9a-f]{8})\]")


def title(run: str, words: str) -> str:
    """A subject, calendar name or category name of this run."""
    return f"[sim365 {run}] {words}"


def run_in(text: object) -> str | None:
    """The number of the run that a title names."""
    found = _MARKED.search(text) if isinstance(text, str) else None
    return None if found is None else found.group(1)


def owned(run: str) -> str:
    """The filter that finds a run's events by their property."""
    return f"singleValueExtendedProperties/Any(ep: ep/id eq '{PROPERTY}' and ep/value eq '{run}')"


def user(mailbox: str) -> str:
    """The path of a mailbox."""
    return f"/users/{quote(mailbox, safe='@')}"


def quoted(item_id: str) -> str:
    """An id as it stands in a path: it may hold slashes and equals signs (FACTS 0)."""
    return quote(item_id, safe="")


def query(**options: str | int) -> str:
    """A query string; names of OData options are given without their dollar sign and in its place an underscore."""
    named = {f"${name[1:]}" if name.startswith("_") else name: str(value) for name, value in options.items()}
    return "?" + urlencode(named, safe="$", quote_via=quote)
