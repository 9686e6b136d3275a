"""The operations of Microsoft Graph that are modelled, by resource; each module binds its own paths."""

from sim365.http.routing import Routes
from sim365.routes import (
    batches,
    calendars,
    delta,
    event_actions,
    events,
    gaps,
    places,
    schedules,
    subscriptions,
    users,
    views,
)

_MODULES = (
    users,
    places,
    calendars,
    events,
    event_actions,
    views,
    delta,
    subscriptions,
    batches,
    schedules,
    gaps,
)


def all_routes() -> Routes:
    """Every modelled operation, and every known gap."""
    routes = Routes()
    for module in _MODULES:
        module.bind(routes)
    return routes
