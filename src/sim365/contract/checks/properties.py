"""Extended properties, open extensions, attachments, categories, further calendars (FACTS 3.1, 3.3, 3.10, 3.11)."""

from __future__ import annotations

from sim365.contract.findings import Finding, Shows, check
from sim365.contract.ground import Ground, times
from sim365.contract.marks import PROPERTY, owned, query, quoted, title, user

OTHER = "String {6b1f0a52-3c7e-4d5a-9f43-3650c0117ac7} Name sim365ContractWord"
_EXPAND = f"singleValueExtendedProperties($filter=id eq '{OTHER}')"


@check(
    "Extended properties are not echoed by a create; $expand with their id shows them.",
    section="3.10",
    keys=("extended-properties-hidden",),
    requests=2,
    creates=1,
)
def properties_need_expand(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Property", {**times(ground.day()), **_word("Heron")})
    shown = ground.read(event, _expand=_EXPAND).body.get("singleValueExtendedProperties", [])
    values, echoed = [each["value"] for each in shown], "singleValueExtendedProperties" in event.json
    return Finding(values == ["Heron"] and not echoed, f"echoed: {echoed}; expanded: {values}")


@check(
    "A change of one extended property leaves the others.",
    section="3.10",
    keys=("properties-merged",),
    requests=4,
    creates=1,
)
def properties_are_merged(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Merged", {**times(ground.day()), **_word("Heron")})
    ground.change(event, _word("Egret"))
    both = f"singleValueExtendedProperties($filter=id eq '{OTHER}' or id eq '{PROPERTY}')"
    shown = ground.read(event, _expand=both).body["singleValueExtendedProperties"]
    values = sorted(each["value"] for each in shown)
    return Finding(values == sorted(["Egret", ground.run]), f"afterwards {len(values)} properties")


@check(
    "Events can be filtered by an extended property's id and value.",
    section="3.10",
    keys=("extended-property-filter",),
    requests=2,
    creates=1,
)
def properties_filter_events(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Filtered by property", {**times(ground.day()), **_word(f"word {ground.run}")})
    reply = ground.find(ground.host, _is(f"word {ground.run}"))
    found = [each.get("id") for each in reply.items]
    return Finding(found == [event.id], f"answered {reply} with {len(found)} events")


@check(
    "In such a filter the value's case does not matter.",
    section="3.10",
    keys=("extended-property-filter",),
    requests=2,
    creates=1,
)
def property_values_without_case(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Case of a value", {**times(ground.day()), **_word(f"Case {ground.run}")})
    reply = ground.find(ground.host, _is(f"cASE {ground.run}"))
    return Finding(
        [each.get("id") for each in reply.items] == [event.id], f"answered {reply} with {len(reply.items)} events"
    )


@check(
    "$expand of extended properties works on calendarView.",
    section="3.10",
    keys=("properties-in-view",),
    requests=2,
    creates=1,
)
def properties_expand_in_views(ground: Ground) -> Finding:
    day = ground.day()
    ground.make(ground.host, "Expanded in a view", {**times(day), **_word("Heron")})
    reply = ground.view(ground.host, day, day, _expand=_EXPAND)
    values = [each["value"] for item in reply.items for each in item.get("singleValueExtendedProperties", [])]
    return Finding(values == ["Heron"], f"answered {reply} with {values}")


@check(
    "Filtering calendarView by an extended property is answered 500.",
    section="3.10",
    keys=("extension-filter-on-view",),
    requests=2,
    creates=1,
    switch="extension_filter_on_view",
)
def properties_filter_views(ground: Ground) -> Shows:
    day = ground.day()
    event = ground.make(ground.host, "Filtered in a view", times(day))
    reply = ground.view(ground.host, day, day, _filter=owned(ground.run))
    works = reply.status == 200 and [each["id"] for each in reply.items] == [event.id]
    if not works and reply.status < 400:
        message = f"the filter was taken and gave {len(reply.items)} events instead of one"
        raise ValueError(message)
    return Shows(works, f"answered {reply}")


@check(
    "An open extension is created with 201 and has a prefixed id.",
    section="3.10",
    keys=("extension-names",),
    requests=3,
    creates=1,
)
def open_extensions(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Extension", times(ground.day()))
    made = ground.extend(event, "test.sim365.contract", {"bird": "heron"})
    shown = ground.get(f"{event.path}/extensions/test.sim365.contract").body
    told = (made.status, str(shown.get("id")), shown.get("bird"))
    full = "Microsoft.OutlookServices.OpenTypeExtension.test.sim365.contract"
    return Finding(told == (201, full, "heron"), f"created with {made}, read back as {told[1]}")


@check(
    "A small attachment is taken with 201, and hasAttachments becomes true.",
    section="3.3",
    keys=("attachments",),
    requests=3,
    creates=1,
)
def attachments(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Attachment", times(ground.day()))
    file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "note.txt", "contentBytes": "aGVyb24="}
    reply = ground.act(event, "attachments", file)
    shown = ground.read(event).body["hasAttachments"]
    return Finding(reply.status == 201 and shown is True, f"answered {reply}, hasAttachments {shown}")


@check(
    "A category has a name that stays and a colour that can be changed.",
    section="3.11",
    keys=("category-name-fixed",),
    requests=3,
    creates=1,
)
def categories_have_colours(ground: Ground) -> Finding:
    made = ground.try_make_category(ground.host, "Category", "preset9")
    path = f"{user(ground.host)}/outlook/masterCategories/{quoted(str(made.body['id']))}"
    shown = ground.get(path).body
    told = (shown.get("displayName"), shown.get("color"))
    return Finding(made.status == 201 and told == (title(ground.run, "Category"), "preset9"), f"created with {made}")


@check(
    "A second calendar of the same name is refused with 409 ErrorFolderExists.",
    section="3.1",
    keys=("calendar-name-once",),
    requests=2,
    creates=2,
)
def calendar_names_are_taken_once(ground: Ground) -> Finding:
    first = ground.try_make_calendar(ground.host, "Same name")
    second = ground.try_make_calendar(ground.host, "Same name")
    return Finding(
        first.status == 201 and (second.status, second.code) == (409, "ErrorFolderExists"), f"{first}, then {second}"
    )


@check(
    "A new calendar keeps its id.",
    section="3.1",
    keys=("calendar-ids-settle",),
    requests=2,
    creates=1,
    switch="calendar_ids_settle",
)
def calendar_ids_after_creation(ground: Ground) -> Shows:
    made = ground.try_make_calendar(ground.host, "Settling").body
    ground.wait(90)
    listed = ground.get(f"{user(ground.host)}/calendars{query(_top=50)}").items
    (found,) = [each["id"] for each in listed if each.get("name") == made["name"]]
    return Shows(
        found != made["id"], f"a minute and a half later its id was {'the same' if found == made['id'] else 'another'}"
    )


@check(
    "What lies in another calendar is not in the mailbox's calendarView.",
    section="3.7",
    keys=("calendar-own-events",),
    requests=4,
    creates=2,
)
def calendars_are_apart(ground: Ground) -> Finding:
    day = ground.day()
    calendar = str(ground.try_make_calendar(ground.host, "Another calendar").body["id"])
    event = ground.make(ground.host, "In another calendar", times(day), calendar=calendar)
    first = ground.view(ground.host, day, day)
    folder = f"{user(ground.host)}/calendars/{quoted(calendar)}/events"
    there = [each.get("id") for each in ground.get(folder).items]
    return Finding(
        first.status == 200 and not first.items and there == [event.id], f"the first calendar shows {len(first.items)}"
    )


def _word(value: str) -> dict[str, object]:
    return {"singleValueExtendedProperties": [{"id": OTHER, "value": value}]}


def _is(value: str) -> str:
    return f"singleValueExtendedProperties/Any(ep: ep/id eq '{OTHER}' and ep/value eq '{value}')"
