"""What is modelled of calendars as containers, and of sharing them."""

from sim365.modelled import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "calendar-groups",
        "3.1",
        "C D21",
        "Each mailbox has built-in calendar groups and may have more; a calendar lives in the group it was made in.",
    ),
    Behaviour(
        "calendar-group-class-ids",
        "3.1",
        "K",
        "The built-in groups are called My Calendars, Other Calendars and People's Calendars; the class ids of the "
        "latter two follow that of the first, which is documented.",
    ),
    Behaviour(
        "calendar-group-refusals",
        "3.1",
        "K",
        "A group that holds calendars is not deleted: ErrorInvalidRequest; nor a built-in one: "
        "ErrorDeleteDistinguishedFolder.",
        switch="full_group_deletable",
    ),
    Behaviour("default-calendar-stays", "3.1", "D21", "The default calendar cannot be deleted, for good or otherwise."),
    Behaviour("calendar-name-once", "3.1", "I", "Two calendars of a mailbox cannot have one name: ErrorFolderExists."),
    Behaviour(
        "calendar-ids-settle",
        "3.1",
        "I",
        "The id of a new calendar may change shortly after its creation; it is found again by its name.",
        switch="calendar_ids_settle",
    ),
    Behaviour(
        "organization-permission",
        "3.1",
        "D21",
        "The permission of My Organization is always there, has no address, and gives free/busy unless it is changed.",
    ),
    Behaviour(
        "shared-calendar-own-id",
        "3.3",
        "D21",
        "A calendar shared inside the organisation hangs in the sharee's mailbox under an id, a name and a colour of "
        "its own.",
    ),
    Behaviour(
        "delegate-books-for-owner",
        "3.3",
        "D21",
        "An event that a delegate makes in a shared calendar is organised by the calendar's owner.",
    ),
    Behaviour(
        "shared-scope-needed",
        "1.9",
        "P",
        "Another person's calendar is read and written only with a Shared scope and with a role that its owner gave.",
    ),
    Behaviour(
        "private-items-hidden",
        "3.1",
        "D21 K",
        "Private events of others are seen whole only by a delegate with access to private events; others see that "
        "time is taken.",
    ),
    Behaviour(
        "hidden-values-not-tested",
        "3.1",
        "K",
        "$filter and $orderby on another person's calendar test what the reader sees of an event, not what is hidden.",
    ),
    Behaviour(
        "limited-details", "9.2", "K", "LimitedDetails shows title and place of the events of a calendar, not the rest."
    ),
)
