"""What is modelled of availability: getSchedule and findMeetingTimes."""

from sim365.modelled import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "schedule-view-digits",
        "6",
        "D K",
        "getSchedule writes one digit per interval: the strongest status that touches it, out of office before busy "
        "before tentative before working elsewhere before free.",
    ),
    Behaviour(
        "schedule-on-any-path",
        "1.9",
        "P",
        "A person asks getSchedule on anybody's path with Calendars.ReadBasic, Read or ReadWrite; it takes no Shared "
        "scope, and none of them alone suffices.",
    ),
    Behaviour(
        "schedule-details-by-permission",
        "6",
        "I D",
        "getSchedule shows title and place only where the calendar's permissions give the caller details; an "
        "application sees what the whole organisation may see.",
    ),
    Behaviour(
        "schedule-private-hidden",
        "6",
        "D",
        "Private and confidential entries show no title and no place in getSchedule to anybody but their owner and "
        "delegates who may see private items.",
    ),
    Behaviour(
        "schedule-error-per-entry",
        "6",
        "I",
        "An address that getSchedule cannot resolve is an error inside its entry; the answer as a whole is 200.",
    ),
    Behaviour(
        "schedule-thousand-items",
        "6",
        "D",
        "More than a thousand entries of one mailbox are error 5006 inside its entry.",
    ),
    Behaviour(
        "schedule-no-access",
        "6",
        "K",
        "A calendar whose owner hides even free and busy from the caller is error 5016 inside its entry.",
    ),
    Behaviour(
        "schedule-group-view",
        "6",
        "K",
        "Of a group getSchedule tells one merged view, in each interval the strongest status of its members.",
        switch="group_entries_told",
    ),
    Behaviour(
        "schedule-group-too-large",
        "6",
        "K",
        "A group with more than a hundred members is error 5007 inside its entry.",
    ),
    Behaviour(
        "schedule-interval-limits",
        "6",
        "I",
        "The interval of getSchedule lies between 5 and 1440 minutes and within the window; null, written out, is an "
        "internal error.",
    ),
    Behaviour(
        "schedule-window-limit",
        "6",
        "D K",
        "A window of getSchedule that has no length, or more than 42 days, is refused as a whole.",
        switch="schedule_window_classic",
    ),
    Behaviour(
        "schedule-hundred-addresses",
        "6",
        "I",
        "getSchedule takes a hundred addresses, although twenty are documented.",
    ),
    Behaviour(
        "meeting-times-for-people",
        "6",
        "P",
        "findMeetingTimes is for people with a Shared scope, not for apps.",
    ),
    Behaviour(
        "meeting-times-confidence",
        "6",
        "D",
        "The confidence of a suggestion is the mean of its attendees: free 100, unknown 49, busy 0.",
    ),
    Behaviour(
        "meeting-times-empty-reason",
        "6",
        "D",
        "Without a suggestion, emptySuggestionsReason tells whether attendees, the organiser or places were missing.",
    ),
    Behaviour(
        "meeting-times-default-window",
        "6",
        "K",
        "Without a time constraint findMeetingTimes looks a week ahead.",
        switch="meeting_times_days",
    ),
    Behaviour(
        "meeting-times-rooms-suggested",
        "6",
        "K",
        "Where rooms are to be suggested, a suggestion names up to five that are free.",
    ),
    Behaviour(
        "meeting-times-work-hours",
        "6",
        "D",
        "Times for work lie in the organiser's working hours; personal ones may lie on the weekend, unrestricted ones "
        "anywhere.",
    ),
)
