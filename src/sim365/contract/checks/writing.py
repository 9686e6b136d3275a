"""Creating, changing and deleting single events (FACTS 0.1, 3.2, 3.3)."""

from __future__ import annotations

from sim365.contract.findings import Finding, Shows, check
from sim365.contract.ground import Ground, made_of, times
from sim365.contract.marks import title, user
from sim365.contract.wire import inside

TEXT_WISHED = 'outlook.body-content-type="text"'


@check("A new event has the documented defaults.", section="3.2", keys=("event-defaults",), requests=1, creates=1)
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


@check(
    "A change writes the fields that it names and no others.",
    section="3.3",
    keys=("change-as-named",),
    requests=2,
    creates=1,
)
def a_change_leaves_the_rest(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Changed a little", {**times(ground.day()), "showAs": "oof"})
    changed = ground.change(event, {"importance": "high"})
    kept = ("subject", "showAs", "start", "end", "sensitivity", "categories", "iCalUId", "id")
    other = [name for name in kept if changed.body.get(name) != event.json[name]]
    return Finding(changed.body.get("importance") == "high" and not other, f"answered {changed}, also changed: {other}")


@check(
    "Categories are replaced as a whole, and their names need not be in the mailbox's list.",
    section="3.3",
    keys=("change-as-named",),
    requests=2,
    creates=1,
)
def lists_are_replaced_whole(ground: Ground) -> Finding:
    fields = {**times(ground.day()), "categories": ["sim365 one", "sim365 two"]}
    event = ground.make(ground.host, "Categories", fields)
    changed = ground.change(event, {"categories": ["sim365 three"]}).body.get("categories")
    first = event.json["categories"]
    return Finding(sorted(first) == fields["categories"] and changed == ["sim365 three"], f"{first}, then {changed}")


@check(
    "A text body reads back as a whole HTML document.",
    section="3.2",
    keys=("body-is-a-document",),
    requests=2,
    creates=1,
)
def bodies_become_html(ground: Ground) -> Finding:
    body = {"contentType": "text", "content": "Plain words"}
    event = ground.make(ground.host, "Body", {**times(ground.day()), "body": body})
    shown = ground.read(event).body["body"]
    holds = shown["contentType"] == "html" and "<html" in shown["content"].lower() and "Plain words" in shown["content"]
    return Finding(holds, f"read back as {shown['contentType']}, {len(shown['content'])} characters")


@check(
    "Prefer: outlook.body-content-type=text gives an event's body as text.",
    section="0.1",
    keys=("text-bodies",),
    requests=2,
    creates=1,
)
def bodies_as_text(ground: Ground) -> Finding:
    body = {"contentType": "html", "content": "<p>Fine <b>words</b></p>"}
    event = ground.make(ground.host, "Body as text", {**times(ground.day()), "body": body})
    shown = ground.read(event, prefer=TEXT_WISHED).body["body"]
    return Finding(shown["contentType"] == "text" and shown["content"].strip() == "Fine words", f"given as {shown}")


@check(
    "Lists of events give bodies as HTML, whatever Prefer says.",
    section="0.1",
    keys=("text-bodies",),
    requests=2,
    creates=1,
    switch="list_bodies_html",
)
def bodies_in_lists(ground: Ground) -> Shows:
    body = {"contentType": "html", "content": "<p>Fine words</p>"}
    event = ground.make(ground.host, "Body in a list", {**times(ground.day()), "body": body})
    reply = ground.find(ground.host, f"iCalUId eq '{event.json['iCalUId']}'", prefer=TEXT_WISHED)
    kind = str(reply.items[0]["body"]["contentType"])
    return Shows(kind == "html", f"a list that was wished as text gave {kind}")


@check(
    "bodyPreview holds at most 255 characters of the text.",
    section="3.2",
    keys=("short-preview",),
    requests=1,
    creates=1,
)
def previews_are_short(ground: Ground) -> Finding:
    body = {"contentType": "text", "content": "word " * 200}
    shown = ground.make(ground.host, "Preview", {**times(ground.day()), "body": body}).json["bodyPreview"]
    return Finding(shown.startswith("word word") and 200 <= len(shown) <= 255, f"{len(shown)} characters of 1000")


@check(
    "A subject of more than 255 characters is refused.",
    section="3.2",
    keys=("wrong-bodies-by-code",),
    requests=1,
    creates=1,
)
def subjects_have_an_end(ground: Ground) -> Finding:
    reply = ground.try_make(ground.host, "long", {**times(ground.day()), "subject": title(ground.run, "x" * 300)})
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "What only the service writes is passed over when it is sent.",
    section="3.2",
    keys=("read-only-ignored",),
    requests=1,
    creates=1,
)
def read_only_fields_are_passed_over(ground: Ground) -> Finding:
    sent = {"bodyPreview": "Not ours to write", "isCancelled": True, "type": "seriesMaster"}
    reply = ground.try_make(ground.host, "Read-only", {**times(ground.day()), **sent})
    taken = [name for name, value in sent.items() if reply.body.get(name) == value]
    return Finding(reply.status == 201 and not taken, f"answered {reply}, taken over: {taken}")


@check(
    "A property that events do not have is refused with 400.",
    section="0.2",
    keys=("wrong-bodies-by-code",),
    requests=1,
    creates=1,
)
def unknown_fields_are_refused(ground: Ground) -> Finding:
    reply = ground.try_make(ground.host, "Unknown", {**times(ground.day()), "sim365": "no such property"})
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "An end before the start is refused with 400 ErrorPropertyValidationFailure.",
    section="0.2",
    keys=("wrong-bodies-by-code",),
    requests=1,
    creates=1,
)
def ends_come_after_starts(ground: Ground) -> Finding:
    reply = ground.try_make(ground.host, "Backwards", times(ground.day(), "10:00", "09:00"))
    return Finding((reply.status, reply.code) == (400, "ErrorPropertyValidationFailure"), f"answered {reply}")


@check(
    "An event without start is refused with 400.", section="3.2", keys=("wrong-bodies-by-code",), requests=1, creates=1
)
def starts_are_required(ground: Ground) -> Finding:
    reply = ground.try_make(ground.host, "Timeless", {"end": times(ground.day())["end"]})
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "location shows the first of several locations.",
    section="3.2",
    keys=("location-and-locations",),
    requests=1,
    creates=1,
    switch="locations_joined",
)
def several_locations(ground: Ground) -> Shows:
    places = [{"displayName": "Harbour"}, {"displayName": "Pier"}]
    event = ground.make(ground.host, "Two places", {**times(ground.day()), "locations": places}).json
    name = str(event["location"]["displayName"])
    if name not in {"Harbour", "Pier"} and not ("Harbour" in name and "Pier" in name):
        raise ValueError(name)
    return Shows("Harbour" in name and "Pier" in name, f"two locations, and location is called {name!r}")


@check(
    "Writing location replaces all locations.", section="3.2", keys=("location-and-locations",), requests=2, creates=1
)
def location_replaces_locations(ground: Ground) -> Finding:
    places = [{"displayName": "Harbour"}, {"displayName": "Pier"}]
    event = ground.make(ground.host, "Moved", {**times(ground.day()), "locations": places})
    changed = ground.change(event, {"location": {"displayName": "Lighthouse"}}).body
    names = [each["displayName"] for each in changed["locations"]]
    return Finding(len(event.json["locations"]) == 2 and names == ["Lighthouse"], f"afterwards {names}")


@check(
    "permanentDelete is answered 204, and the event is gone.",
    section="3.3",
    keys=("deleted-items",),
    requests=3,
    creates=1,
)
def permanent_deletion(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Purged", times(ground.day()))
    reply, after = ground.act(event, "permanentDelete"), ground.read(event)
    return Finding(reply.status == 204 and after.status == 404, f"answered {reply}, reading afterwards {after}")


@check(
    "Dismissing a reminder is answered 200.",
    section="3.3",
    keys=("reminder-actions",),
    requests=2,
    creates=1,
    switch="reminder_actions_accepted",
)
def reminders_are_dismissed(ground: Ground) -> Shows:
    reply = ground.act(ground.make(ground.host, "Reminder", times(ground.day())), "dismissReminder")
    if reply.status not in {200, 202} or reply.body.get("value"):
        raise ValueError(reply.status)
    return Shows(reply.status == 202, f"answered {reply}")


@check(
    "Equal events that are created within two seconds have ids of their own.",
    section="11",
    keys=("rapid-twins",),
    requests=2,
    creates=2,
    switch="rapid_twins_share_id",
)
def twins(ground: Ground) -> Shows:
    fields = times(ground.day())
    first = ground.make(ground.host, "Twin", fields)
    second = ground.make(ground.host, "Twin", fields)
    shared = first.id == second.id
    return Shows(shared, f"two equal creates half a second apart gave {'one id' if shared else 'two ids'}")


@check(
    "An online meeting gets a join link, and cannot be taken offline.",
    section="3.13",
    keys=("online-meeting-stays",),
    requests=3,
    creates=1,
)
def online_meetings_stay_online(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Online", {**times(ground.day()), **_ONLINE})
    ground.change(event, {"isOnlineMeeting": False})
    shown = ground.read(event).body
    link = inside(shown, "onlineMeeting", "joinUrl")
    if not link and not event.json.get("isOnlineMeeting"):
        return Finding(holds=False, saw="the event did not go online; may this mailbox hold Teams meetings?")
    return Finding(
        bool(link) and shown.get("isOnlineMeeting") is True, f"isOnlineMeeting {shown.get('isOnlineMeeting')}"
    )


@check(
    "The answer to the create of an online meeting carries the join link.",
    section="3.13",
    keys=("join-url-late",),
    requests=2,
    creates=1,
    switch="join_url_late",
)
def join_links_in_answers(ground: Ground) -> Shows:
    event = ground.make(ground.host, "Join link", {**times(ground.day()), **_ONLINE})
    at_once = inside(event.json, "onlineMeeting", "joinUrl")
    later = inside(ground.read(event).body, "onlineMeeting", "joinUrl")
    return Shows(not at_once and bool(later), f"the answer {'carried the link' if at_once else 'carried no link yet'}")


@check(
    "A PATCH of the body without Microsoft's own part takes a meeting's link away.",
    section="3.13",
    keys=("online-meeting-block",),
    requests=3,
    creates=1,
)
def body_changes_drop_the_link(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Body of an online meeting", {**times(ground.day()), **_ONLINE})
    before = ground.read(event).body.get("isOnlineMeeting")
    changed = ground.change(event, {"body": {"contentType": "html", "content": "<p>Only ours</p>"}}).body
    return Finding(
        before is True and changed["isOnlineMeeting"] is False, f"online {before}, then {changed['isOnlineMeeting']}"
    )


@check(
    "A provider of online meetings that the calendar does not allow leaves the event offline.",
    section="3.13",
    keys=("online-provider-allowed",),
    requests=2,
    creates=1,
    switch="online_provider_refused",
)
def providers_not_allowed(ground: Ground) -> Shows:
    allowed = ground.get(f"{user(ground.host)}/calendar").body["allowedOnlineMeetingProviders"]
    provider = next(name for name in ("skypeForConsumer", "skypeForBusiness") if name not in allowed)
    fields = {**times(ground.day()), "isOnlineMeeting": True, "onlineMeetingProvider": provider}
    reply = ground.try_make(ground.host, "Another provider", fields)
    if reply.status != 201:
        return Shows(bool(reply.code), f"answered {reply}")
    offline = made_of(ground.host, reply).json["isOnlineMeeting"] is False
    if not offline:
        message = f"the event went online with {provider}, which the calendar does not list"
        raise ValueError(message)
    return Shows(value=False, saw=f"answered {reply}, and the event is offline")


_ONLINE = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
