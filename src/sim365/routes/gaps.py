"""Parts of Microsoft Graph that a calendar client might ask for and that are not modelled: each names itself."""

from sim365.http.routing import Routes

_OF_MAILBOX = {
    "messages": "mail",
    "mailFolders": "mail folders",
    "sendMail": "sending mail",
    "contacts": "contacts",
    "photo": "photos",
    "manager": "managers",
    "memberOf": "group membership",
    "onlineMeetings": "online meetings as a resource of their own",
    "presence": "presence",
    "getMailTips": "mail tips",
    "extensions": "open extensions on users",
    "drive": "files",
}
_OF_ROOT = {
    "groups": "groups and their calendars",
    "users/delta": "delta of users",
    "solutions": "Microsoft Bookings",
    "organization": "the organization resource",
    "applications": "applications as a resource",
    "servicePrincipals": "service principals as a resource",
    "communications": "communications",
    "directoryObjects": "directory objects",
    "schemaExtensions": "schema extensions",
    "teams": "teams and channels",
    "$metadata": "the metadata document",
}


def bind(routes: Routes) -> None:
    """Everything below these paths answers 501."""
    for part, gap in _OF_ROOT.items():
        routes.add_gap(part, gap)
    for part, gap in _OF_MAILBOX.items():
        routes.add_gap(f"users/{{user}}/{part}", gap)
