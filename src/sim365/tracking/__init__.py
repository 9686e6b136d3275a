"""Change tracking: rounds of calendarView/delta with their tokens (FACTS 4)."""
