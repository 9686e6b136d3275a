"""The `Prefer` header for answers that are no events (FACTS 0.1)."""

from sim365.http.routing import Call
from sim365.zones import is_zone


def preferred_zone(call: Call) -> str:
    """The zone in which times are wanted; UTC where none is named, or an unknown one."""
    wanted = call.request.preferences().get("outlook.timezone")
    if wanted is None or not is_zone(wanted):
        return "UTC"
    call.applied.append(f'outlook.timezone="{wanted}"')
    return wanted
