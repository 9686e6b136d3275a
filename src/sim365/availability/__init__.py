"""Availability: who is free when, as getSchedule tells it and findMeetingTimes uses it (FACTS 6)."""
