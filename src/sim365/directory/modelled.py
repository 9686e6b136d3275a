"""What is modelled of the directory: users, settings, categories, ids."""

from sim365.modelled import Behaviour, Gap

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "users-advanced-queries",
        "2.2",
        "K I",
        "Filters with ne, not or endsWith, and sorting what is filtered, need the eventual level and $count=true.",
    ),
    Behaviour(
        "users-paged-by-token", "2.2", "K", "Users come a hundred at a time, at most 999, followed by $skiptoken."
    ),
    Behaviour(
        "resource-account-disabled", "2.2", "K", "A room or a piece of equipment is a directory user that is disabled."
    ),
    Behaviour(
        "purpose-tells-equipment",
        "2.2",
        "C",
        "Equipment and shared mailboxes are in no list of places; userPurpose in their settings tells them apart.",
    ),
    Behaviour(
        "unlicensed-mailbox-missing",
        "0.2",
        "I",
        "A user without licence, deleted, or with a mailbox on the organisation's own servers answers "
        "MailboxNotEnabledForRESTAPI.",
    ),
    Behaviour(
        "deleted-user-restored",
        "2.2",
        "K",
        "A deleted user can be restored for thirty days, with the mailbox and its ids as they were.",
    ),
    Behaviour(
        "renamed-address-stays",
        "2.2",
        "K",
        "After a rename the old address stays among the proxy addresses and still leads to the mailbox.",
    ),
    Behaviour(
        "alias-for-mailbox-only",
        "0",
        "K",
        "An address that is not the user principal name leads to the mailbox, but to no user of the directory.",
    ),
    Behaviour("moved-mailbox-new-ids", "3.9", "D21", "Moving a mailbox gives new ids to everything in it."),
    Behaviour(
        "settings-in-parts",
        "2.3",
        "C D21",
        "Mailbox settings are read whole or in parts; a write names what changes, and is answered with that alone.",
    ),
    Behaviour(
        "category-name-fixed", "3.11", "D21", "The name of a master category cannot be changed, its colour can be."
    ),
    Behaviour(
        "supported-zones-listed",
        "3.12",
        "D21",
        "Supported time zones are listed by Windows or by IANA names.",
    ),
    Behaviour(
        "ids-translated",
        "3.9",
        "D21",
        "translateExchangeIds turns up to a thousand ids into another format; a wrong one has its error beside it.",
    ),
    Behaviour(
        "places-by-kind",
        "2.1",
        "C D",
        "Places are listed by kind, a hundred at a time where they have a mailbox, else a thousand; without a kind "
        "there is an error.",
    ),
    Behaviour("place-id-changes", "2.1", "D", "A place's id changes with its mailbox's configuration, placeId never."),
    Behaviour(
        "new-room-shows-late",
        "2.1",
        "I",
        "A room that was just created is missing in the lists of places for a day.",
        switch="places_lag_hours",
    ),
    Behaviour("room-list-by-address", "2.1", "D", "The rooms of a room list are asked for by its address, not its id."),
    Behaviour(
        "places-not-set-up", "2.1", "I", "An organisation whose places were never set up gets errors, not empty lists."
    ),
)

GAPS: tuple[Gap, ...] = (
    Gap("custom time zones of working hours"),
    Gap("writing other properties of a user than a name, a card and a licence"),
    Gap("$expand of users", "managers, reports and membership are not modelled"),
)
