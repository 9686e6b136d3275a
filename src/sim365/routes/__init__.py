"""The operations of Microsoft Graph that are modelled, by resource; each module binds its own paths."""

from sim365.http.routing import Routes
from sim365.routes import (
    attachments,
    batches,
    calendar_groups,
    calendar_permissions,
    calendars,
    categories,
    deleted_users,
    delta,
    event_actions,
    events,
    exchange_ids,
    extensions,
    gaps,
    mailbox_settings,
    meeting_times,
    outlook_user,
    place_writing,
    places,
    reminders,
    schedules,
    subscriptions,
    upload_sessions,
    users,
    views,
)

_MODULES = (
    users,
    place_writing,
    places,
    calendars,
    calendar_permissions,
    calendar_groups,
    events,
    event_actions,
    attachments,
    upload_sessions,
    extensions,
    views,
    delta,
    subscriptions,
    batches,
    schedules,
    categories,
    deleted_users,
    exchange_ids,
    mailbox_settings,
    meeting_times,
    outlook_user,
    reminders,
    gaps,
)


def all_routes() -> Routes:
    """Every modelled operation, and every known gap."""
    routes = Routes()
    for module in _MODULES:
        module.bind(routes)
    return routes
