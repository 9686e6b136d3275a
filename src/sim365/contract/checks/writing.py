"""Creating, changing and deleting single events (FACTS 0.1, 3.1 to 3.3, 3.10)."""

from __future__ import annotations

from sim365.contract.findings import Finding, check
from sim365.contract.ground import Ground, times


@check("A new event has the documented defaults.", section="3.2", requests=1, creates=1)
def defaults_of_a_new_event(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Defaults", times(ground.day())).json
    expected: dict[str, object] = {
        "importance": "normal", "sensitivity": "normal", "showAs": "busy", "isAllDay": False, "isCancelled": False,
        "isOrganizer": True, "type": "singleInstance", "reminderMinutesBeforeStart": 15, "isReminderOn": True,
        "responseRequested": True, "allowNewTimeProposals": True, "hideAttendees": False, "isOnlineMeeting": False,
        "onlineMeetingProvider": "unknown", "categories": [], "attendees": [], "recurrence": None,
        "hasAttachments": False, "isDraft": False,
    }  # fmt: skip
    other = {name: event.get(name) for name, value in expected.items() if event.get(name, "missing") != value}
    return Finding(not other, f"other than documented: {other}" if other else "every default is as documented")
