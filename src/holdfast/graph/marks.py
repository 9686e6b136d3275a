"""The names under which Holdfast leaves marks on events and calendars.

A mark is a single-value extended property: it stays in the mailbox where it was written, people do not see it, and a
delta never delivers it. The values are composed by the caller. The GUID names our property set; it never changes,
or every event that was marked before would become a stranger.
"""

PROPERTY_SET = "{6f0c7d58-4f3b-4c1e-9b52-7d1a5a4e8c36}"

EVENT_MARK = f"String {PROPERTY_SET} Name HoldfastLink"
"""On an event: instance, link and offer."""

CALENDAR_MARK = f"String {PROPERTY_SET} Name HoldfastInstance"
"""On a calendar: the instance that tends it, and its epoch."""
