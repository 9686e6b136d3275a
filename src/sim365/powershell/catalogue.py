"""Every cmdlet that works here."""

from collections.abc import Iterator

from sim365.powershell import (
    app_policies,
    app_roles,
    calendar_processing,
    folder_permissions,
    groups,
    mailboxes,
    places,
    regional,
)
from sim365.powershell.cmdlets import Cmdlet


def all_cmdlets() -> Iterator[Cmdlet]:
    """All of them, by subject."""
    for subject in (
        calendar_processing, mailboxes, places, groups, folder_permissions, regional, app_policies, app_roles,
    ):  # fmt: skip
        yield from subject.cmdlets()
