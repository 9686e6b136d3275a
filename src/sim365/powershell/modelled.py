"""What is modelled of Exchange Online PowerShell."""

from sim365.modelled import Behaviour, Gap

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "powershell-processing",
        "9",
        "D",
        "Get- and Set-CalendarProcessing show and change every setting of a resource.",
    ),
    Behaviour("powershell-all-rooms", "9.2", "D K", "One piped line changes the settings of all rooms."),
    Behaviour(
        "powershell-folder-permissions",
        "9.2",
        "D",
        "MailboxFolderPermission cmdlets open a calendar to everybody or to one person; Default is the "
        "whole organisation.",
    ),
    Behaviour(
        "powershell-mailboxes",
        "2.2",
        "D",
        "Mailbox cmdlets make rooms, equipment, shared mailboxes and workspaces and change their kind, "
        "names and addresses.",
    ),
    Behaviour("powershell-removal", "2.2", "K", "A removed mailbox can be restored with its calendar for thirty days."),
    Behaviour("powershell-places", "2.1", "D", "Set-Place writes what Graph shows of a room or workspace."),
    Behaviour(
        "powershell-groups",
        "2.1",
        "D",
        "Room lists and distribution groups are made, filled and removed; a room list takes rooms and workspaces only.",
    ),
    Behaviour("powershell-working-hours", "2.3", "D", "Working hours, language and zone of a mailbox are set."),
    Behaviour(
        "powershell-app-policies",
        "1.10",
        "D D21 I",
        "Application access policies act after their delay, while the Test cmdlet answers at once.",
    ),
    Behaviour(
        "powershell-app-roles",
        "1.10",
        "D K",
        "RBAC for Applications gives an app a role in the mailboxes of a scope, after its delay.",
    ),
    Behaviour(
        "powershell-language",
        "9",
        "K",
        "Literals, lists, tables, pipes between the listed cmdlets, comments and several lines are read; "
        "everything else is refused by name.",
    ),
)

GAPS: tuple[Gap, ...] = (
    Gap("administrative units, and rights beyond the roles of a calendar", "their lines are refused by name"),
    Gap("Get-CalendarDiagnosticLog"),
)
