"""The lines an administrator types: what they do, what they show, and how they fail."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from sim365.control.app import ControlApp
from sim365.powershell import run
from sim365.simulator import Simulator
from tests.sim365.core.harbour import APP, START, a_company
from tests.sim365.exchange.harbourmaster import at_harbour


def typed(sim, text):
    """What the console shows; the text must not fail."""
    outcome = sim.powershell(text)
    assert [error.text for error in outcome.errors] == []
    return outcome.output


def complaint(sim, text):
    outcome = sim.powershell(text)
    [error] = outcome.errors
    return error.message


def processing(sim, room="aquarium"):
    return sim.person(at_harbour(room)).mailbox.processing


@pytest.mark.fact("powershell-processing")
def test_the_settings_of_a_room_are_changed_and_shown(sim):
    text = 'Set-CalendarProcessing -Identity "Aquarium" -DeleteSubject $false -BookingWindowInDays 30 -AllowConflicts:$true'
    assert typed(sim, text) == ""

    shown = typed(sim, "Get-CalendarProcessing aquarium | Format-List DeleteS*, BookingW*, AllowC*")
    assert shown.splitlines() == [
        "DeleteSubject       : False",
        "BookingWindowInDays : 30",
        "AllowConflicts      : True",
    ]


@pytest.mark.fact("powershell-processing")
def test_every_setting_can_be_typed(sim):
    shown = dict(
        line.split(":", 1) for line in typed(sim, "Get-CalendarProcessing aquarium").splitlines() if ":" in line
    )
    assert len(shown) == 39
    for name, value in shown.items():
        plain = value.strip()
        if name.strip() == "Identity":
            continue
        wanted = f"${plain.lower()}" if plain in {"True", "False"} else "$null" if plain in {"", "{}"} else plain
        typed(sim, f"Set-CalendarProcessing aquarium -{name.strip()} {wanted}")

    assert dict(line.split(":", 1) for line in typed(sim, "Get-CalendarProcessing aquarium").splitlines()) == shown


@pytest.mark.fact("powershell-processing")
def test_lists_of_people_are_replaced_added_to_and_cleared(sim):
    typed(sim, 'Set-CalendarProcessing aquarium -ResourceDelegates "ben@harbour.test","Chidi Eze"')
    assert processing(sim).resource_delegates == ("ben@harbour.test", "chidi@harbour.test")
    typed(sim, 'Set-CalendarProcessing aquarium -ResourceDelegates @{Add="ada","ben"; Remove="chidi"}')
    assert processing(sim).resource_delegates == ("ben@harbour.test", "ada@harbour.test")
    typed(sim, "Set-CalendarProcessing aquarium -ResourceDelegates $null")
    assert processing(sim).resource_delegates == ()


@pytest.mark.fact("powershell-all-rooms")
def test_one_line_keeps_titles_and_bodies_in_every_room(harbour, nine):
    """FACTS 9.2: the mending of rooms that show the organiser instead of the title."""
    typed(
        harbour.sim,
        "Get-Mailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited | "
        "Set-CalendarProcessing -DeleteSubject $false -AddOrganizerToSubject $false -DeleteComments $false",
    )
    harbour.invite("ada", nine, "boathouse")

    assert harbour.copy("boathouse")["subject"] == "Planning"
    assert processing(harbour.sim, "heron").delete_subject is True


@pytest.mark.fact("powershell-folder-permissions")
def test_a_rooms_calendar_is_opened_to_everybody_and_to_one_person(sim):
    typed(sim, r'Set-MailboxFolderPermission -Identity "aquarium:\Calendar" -User Default -AccessRights LimitedDetails')
    typed(sim, r"Add-MailboxFolderPermission aquarium:\Calendar -User ben -AccessRights Reviewer")
    typed(sim, r"Set-MailboxFolderPermission aquarium:\Calendar -User ben -AccessRights Editor")
    calendar = sim.world.default_calendar(sim.person(at_harbour("aquarium")).mailbox)
    assert calendar.organization_role == "limitedRead"
    assert [(share.address, share.role) for share in calendar.shares.values()] == [("ben@harbour.test", "write")]
    assert "{LimitedDetails}" in typed(sim, r"Get-MailboxFolderPermission aquarium:\Calendar -User Default")
    typed(sim, r"Remove-MailboxFolderPermission aquarium:\Calendar -User ben -Confirm:$false")
    assert calendar.shares == {}
    assert "couldn't be found" in complaint(sim, r"Get-MailboxFolderPermission aquarium:\Kalender")


@pytest.mark.fact("powershell-mailboxes")
def test_a_new_room_is_made_becomes_a_workspace_and_is_booked(harbour, nine):
    shown = typed(harbour.sim, 'New-Mailbox -Name "Lighthouse" -Room\nSet-Mailbox lighthouse -Type Workspace')
    assert "RecipientTypeDetails : RoomMailbox" in shown
    typed(harbour.sim, "Set-Place lighthouse -Capacity 2\nSet-CalendarProcessing lighthouse -EnforceCapacity $true")
    events = [harbour.invite(who, nine, "lighthouse") for who in ("ada", "ben", "chidi")]
    people = ("ada", "ben", "chidi")

    answers = [harbour.status(who, event, "lighthouse") for who, event in zip(people, events, strict=True)]
    assert answers == ["accepted", "accepted", "declined"]


@pytest.mark.fact("powershell-mailboxes")
def test_a_mailbox_changes_its_kind_names_and_addresses(sim):
    typed(sim, "Set-Mailbox ben -Type Shared -DisplayName 'Front desk' -EmailAddresses @{Add='desk@harbour.test'}")
    ben = sim.world.find("desk@harbour.test")
    assert (ben.purpose, ben.display_name, ben.account_enabled) == ("shared", "Front desk", False)
    typed(sim, "Set-Mailbox ben -Type Room")
    assert processing(sim, "ben").automate_processing == "AutoAccept"
    typed(sim, "Set-Mailbox ben -PrimarySmtpAddress front@harbour.test")
    assert sim.world.find("front@harbour.test") is ben
    assert "is already being used" in complaint(sim, "Set-Mailbox ada -PrimarySmtpAddress front@harbour.test")
    assert "is already being used" in complaint(sim, "New-Mailbox Front -Shared")


@pytest.mark.fact("powershell-removal")
def test_a_removed_mailbox_comes_back_with_its_calendar(harbour, nine):
    harbour.ask("ben", nine)
    typed(harbour.sim, "Remove-Mailbox ben -Confirm:$false")
    assert harbour.sim.world.find("ben@harbour.test") is None
    assert "Ben Okafor" in typed(harbour.sim, "Get-Mailbox -SoftDeletedMailbox")
    typed(harbour.sim, "Undo-SoftDeletedMailbox ben@harbour.test")

    assert harbour.copy("ben")["subject"] == "Planning"
    assert "couldn't be found" in complaint(harbour.sim, "Undo-SoftDeletedMailbox ben@harbour.test")


@pytest.mark.fact("powershell-places")
def test_what_is_said_of_a_place_reaches_graph(sim, graph):
    typed(
        sim,
        'Set-Place aquarium -Building Tower -Floor 3 -Tags @{Add="sea view"} -GeoCoordinates "42.69;23.32" '
        "-IsWheelChairAccessible $true -MTREnabled $true",
    )
    room = graph.get("/places/aquarium@harbour.test")
    assert (room["building"], room["floorNumber"], room["tags"], room["isWheelChairAccessible"]) == (
        "Tower",
        3,
        ["sea view"],
        True,
    )
    assert (room["geoCoordinates"]["latitude"], room["teamsEnabledState"]) == (42.69, "enabled")
    assert "latitude" in complaint(sim, "Set-Place aquarium -GeoCoordinates here")
    assert "equipment" in complaint(sim, "Set-Place heron -Capacity 9")


@pytest.mark.fact("powershell-groups")
def test_a_room_list_is_made_and_filled(sim, graph):
    typed(
        sim, 'New-DistributionGroup -Name "Tower" -RoomList\nAdd-DistributionGroupMember Tower -Member "Crow\'s Nest"'
    )
    rooms = graph.get("/places/tower@harbour.test/microsoft.graph.roomList/rooms")["value"]
    assert [room["displayName"] for room in rooms] == ["Crow's Nest"]
    assert "neither a room nor a workspace" in complaint(sim, "Add-DistributionGroupMember Tower ada")
    assert "already a member" in complaint(sim, "Add-DistributionGroupMember Tower crowsnest")
    typed(sim, "Remove-DistributionGroupMember Tower crowsnest\nRemove-DistributionGroup Tower")
    assert "couldn't be found" in complaint(sim, "Get-DistributionGroup Tower")


@pytest.mark.fact("powershell-working-hours")
def test_working_hours_and_language_are_set(harbour, nine):
    typed(
        harbour.sim,
        "Set-MailboxCalendarConfiguration aquarium -WorkDays Monday,Tuesday -WorkingHoursStartTime 06:00:00 "
        "-WorkingHoursEndTime 08:00:00 -WorkingHoursTimeZone UTC\n"
        "Set-CalendarProcessing aquarium -ScheduleOnlyDuringWorkHours $true\n"
        "Set-MailboxRegionalConfiguration aquarium -Language bg-BG -TimeZone 'FLE Standard Time'",
    )
    early, late = (harbour.invite("ada", nine + timedelta(days=1, hours=hours), "aquarium") for hours in (-3, 0))

    assert (harbour.status("ada", early, "aquarium"), harbour.status("ada", late, "aquarium")) == (
        "accepted",
        "declined",
    )
    assert "bg-BG" in typed(harbour.sim, "Get-MailboxRegionalConfiguration aquarium")
    assert "no time zone" in complaint(harbour.sim, "Set-MailboxRegionalConfiguration aquarium -TimeZone Moon")


@pytest.mark.fact("powershell-app-policies")
def test_an_access_policy_keeps_an_app_out_after_its_delay_and_the_test_answers_at_once(sim, graph):
    typed(
        sim,
        "New-DistributionGroup Bookable -Type Security -Members aquarium\n"
        f"New-ApplicationAccessPolicy -AppId {APP} -PolicyScopeGroupId bookable -AccessRight RestrictAccess",
    )
    assert "Denied" in typed(sim, f"Test-ApplicationAccessPolicy -Identity ada -AppId {APP}")
    graph.get("/users/ada@harbour.test/events")
    sim.advance(timedelta(hours=1))
    assert graph.error("GET", "/users/ada@harbour.test/events") == (403, "ErrorAccessDenied")
    graph.get("/users/aquarium@harbour.test/events")
    typed(sim, "Get-ApplicationAccessPolicy | Remove-ApplicationAccessPolicy -Confirm:$false")
    assert "Granted" in typed(sim, f"Test-ApplicationAccessPolicy -Identity ada -AppId {APP}")
    sim.advance(timedelta(hours=1))
    graph.get("/users/ada@harbour.test/events")


@pytest.mark.fact("powershell-app-roles")
def test_a_role_in_the_mailboxes_of_a_scope_is_given_to_an_app(sim, graph, tokens):
    from sim365.state import Principal

    tokens.issue("bare", Principal(sim.company.tenants[0].tenant_id, APP, frozenset(), "sp-1"))
    typed(
        sim,
        f"New-ServicePrincipal -AppId {APP} -ObjectId sp-1\n"
        "New-ManagementScope Rooms -RecipientRestrictionFilter \"RecipientTypeDetails -eq 'RoomMailbox'\"\n"
        "New-ManagementRoleAssignment -App sp-1 -Role 'Application Calendars.ReadWrite' -CustomResourceScope Rooms",
    )
    shown = typed(sim, "Test-ServicePrincipalAuthorization sp-1 -Resource aquarium | fl RoleName,InScope")
    assert shown.splitlines() == ["RoleName : Application Calendars.ReadWrite", "InScope  : True"]
    bare = {"Authorization": "Bearer bare"}
    assert graph.error("GET", "/users/aquarium@harbour.test/events", **bare)[0] == 403
    sim.advance(timedelta(hours=2, minutes=1))
    graph.get("/users/aquarium@harbour.test/events", **bare)
    assert graph.error("GET", "/users/ada@harbour.test/events", **bare)[0] == 403


@pytest.mark.fact("powershell-language")
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Set-Roof aquarium", "The term 'Set-Roof' is not recognized as a name of a cmdlet"),
        ("Set-CalendarProcessing aquarium -Colour red", "cannot be found that matches parameter name 'Colour'"),
        ("Set-CalendarProcessing aquarium -Delete $true", "ambiguous. Possible matches include: -DeleteSubject"),
        ("Set-CalendarProcessing nobody -DeleteSubject $true", "object 'nobody' couldn't be found on 'harbour.test'"),
        ("Set-CalendarProcessing aquarium -DeleteSubject yes", "Boolean parameters accept only Boolean values"),
        ("Set-CalendarProcessing aquarium -DeleteSubject", "Missing an argument for parameter 'DeleteSubject'"),
        ("Set-CalendarProcessing aquarium -BookingWindowInDays 2000", "not within the range 0 to 1080"),
        ("Set-CalendarProcessing aquarium -AutomateProcessing Maybe", "AutoAccept, AutoUpdate, None"),
        ("Set-CalendarProcessing ada -AutomateProcessing AutoAccept", "is AutoUpdate and cannot be changed"),
        ("Set-CalendarProcessing", "missing mandatory parameters: Identity"),
        ("Set-CalendarProcessing aquarium heron", "accepts argument 'heron'"),
        ("Set-CalendarProcessing 'aquarium", "missing the terminator"),
        ("Set-CalendarProcessing aquarium -BookInPolicy @{Add='ada'", "Missing closing '}'"),
        ("Get-Mailbox |", "An empty pipe element is not allowed"),
        ("Set-CalendarProcessing @settings", "splatting with @"),
        ("$room = 'aquarium'", "variables such as $room"),
        ("Get-Mailbox $room", "variables such as $room"),
        ('Get-Mailbox "$room"', "variables inside double quotes"),
        ("return aquarium", "the keyword return"),
        ("Get-Mailbox | Where-Object { $_.Name }", "script blocks"),
        ("Get-Mailbox | Sort-Object Name", "sim365 does not do Sort-Object"),
        ("Get-Mailbox (Get-Place)", "commands in parentheses"),
    ],
)
def test_what_cannot_be_done_is_said_as_powershell_says_it_or_refused_by_name(sim, text, sentence):
    before = sim.snapshot()

    assert sentence in complaint(sim, text)
    assert before == sim.snapshot()


@pytest.mark.fact("powershell-language")
def test_lines_comments_continuations_quotes_and_what_if(sim):
    text = """
    # Keep titles
    Connect-ExchangeOnline -Organization harbour.test -ShowBanner:$false
    Set-CalendarProcessing `
        -Identity 'Crow''s Nest' -DeleteSubject $False; <# and
        bodies #> Set-CalendarProcessing crowsnest -DeleteComments 0   # done
    Set-CalendarProcessing aquarium -DeleteSubject $false -WhatIf
    Set-CalendarProcessing nobody -DeleteSubject $false -ErrorAction SilentlyContinue
    Set-CalendarProcessing boathouse –AdditionalResponse “Say `"please`"”
    """
    shown = typed(sim, text)

    assert shown.startswith('What if : Performing the operation "Set-CalendarProcessing" on target "aquarium"')
    nest = processing(sim, "crowsnest")
    assert (nest.delete_subject, nest.delete_comments, processing(sim).delete_subject) == (False, False, True)
    assert processing(sim, "boathouse").additional_response == 'Say "please"'


@pytest.mark.fact("powershell-language")
def test_a_failed_line_does_not_stop_the_next_and_an_unreadable_text_does_nothing(sim):
    outcome = sim.powershell("Get-Mailbox nobody\nSet-CalendarProcessing aquarium -DeleteSubject $false")
    assert ([error.line for error in outcome.errors], processing(sim).delete_subject) == ([1], False)
    outcome = sim.powershell("Set-CalendarProcessing aquarium -DeleteSubject $true\nGet-Mailbox 'open")
    assert (len(outcome.errors), processing(sim).delete_subject) == (1, False)


WORDS = some.sampled_from(
    ["Set-CalendarProcessing", "Get-Mailbox", "New-Mailbox", "Set-Place", "-Identity", "aquarium", "-Room", "-Type",
     "$true", "$null", "@{", "}", "@(", ")", "|", ";", "\n", ",", "'", '"', "`", "#", "<#", "=", "-", "$", "Add", "é", "-Tags",
     "-EmailAddresses", "9", "-Capacity", "99999999999999999999", "Format-List", "*"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(some.lists(WORDS | some.text(max_size=5), max_size=12).map(" ".join))
@example("Set-Mailbox aquarium -EmailAddresses @{Add=@('x','y')}")
@example("Set-Place aquarium -Tags @{Add=@{Add=1}}")
@example("Get-MailboxFolderPermission :\\Calendar")
def test_no_text_crashes_it(text):
    outcome = run(Simulator(a_company(), start=START).world, text)

    assert all(failure.message and failure.category for failure in outcome.errors)


def test_the_control_api_carries_lines_out(sim):
    client = httpx.Client(transport=httpx.WSGITransport(ControlApp(sim)), base_url="http://sim")
    answer = client.post(
        "/_sim/powershell", json={"lines": "Get-Mailbox aquarium | fl Alias\nGet-Mailbox nobody"}
    ).json()
    assert answer["output"] == "Alias : aquarium"
    assert [error["category"] for error in answer["errors"]] == ["ObjectNotFound"]
    assert client.post("/_sim/powershell", json={"lines": 7}).status_code == 400
