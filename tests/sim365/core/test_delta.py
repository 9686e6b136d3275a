"""calendarView/delta: rounds, removals, tokens (FACTS 4)."""

from datetime import timedelta

import pytest

from tests.sim365.core.harbour import START, an_event

U = "/users/aquarium@harbour.test"
WINDOW = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"
DAILY = {
    "pattern": {"type": "daily", "interval": 1},
    "range": {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 5},
}


def full_round(graph, link=None, **headers):
    """All items of a round and its deltaLink."""
    items, pages = [], 0
    page = graph.get(link or f"{U}/calendarView/delta?{WINDOW}", **headers)
    while True:
        pages += 1
        items += page["value"]
        if "@odata.deltaLink" in page:
            assert "@odata.nextLink" not in page
            return items, page["@odata.deltaLink"], pages
        page = graph.get(page["@odata.nextLink"], **headers)


def removed(items):
    return [item["id"] for item in items if "@removed" in item]


@pytest.mark.fact("delta-initial-round")
def test_a_first_round_tells_everything_in_the_window_and_nothing_else(graph):
    inside = graph.post(f"{U}/events", an_event())
    graph.post(f"{U}/events", an_event("Later", "2026-05-02T09:00:00", "2026-05-02T10:00:00"))
    items, _, _ = full_round(graph)

    assert [inside["id"]] == [item["id"] for item in items]
    assert items[0]["@odata.type"] == "#microsoft.graph.event"
    assert inside["@odata.etag"] == items[0]["@odata.etag"]


def test_a_round_without_changes_is_empty(graph):
    graph.post(f"{U}/events", an_event())
    _, link, _ = full_round(graph)

    assert full_round(graph, link)[0] == []


@pytest.mark.fact("delta-changes")
def test_a_round_tells_what_was_created_changed_and_deleted_since(graph):
    kept, gone = (graph.post(f"{U}/events", an_event(name)) for name in ("Kept", "Gone"))
    _, link, _ = full_round(graph)
    graph.patch(f"{U}/events/{kept['id']}", {"subject": "Changed"})
    graph.delete(f"{U}/events/{gone['id']}")
    new = graph.post(f"{U}/events", an_event("New"))
    items, _, _ = full_round(graph, link)

    assert [gone["id"]] == removed(items)
    assert {kept["id"]: "Changed", new["id"]: "New"} == {
        item["id"]: item["subject"] for item in items if "subject" in item
    }


@pytest.mark.fact("delta-removal")
def test_a_removal_is_only_an_id(graph):
    event = graph.post(f"{U}/events", an_event())
    _, link, _ = full_round(graph)
    graph.delete(f"{U}/events/{event['id']}")

    assert [
        {"@odata.type": "#microsoft.graph.event", "id": event["id"], "@removed": {"reason": "deleted"}}
    ] == full_round(graph, link)[0]


@pytest.mark.fact("delta-leaves-window")
def test_what_leaves_the_window_looks_deleted(graph):
    event = graph.post(f"{U}/events", an_event())
    _, link, _ = full_round(graph)
    later = an_event("Moved", "2026-06-02T09:00:00", "2026-06-02T10:00:00")
    graph.patch(f"{U}/events/{event['id']}", {"start": later["start"], "end": later["end"]})

    assert [event["id"]] == removed(full_round(graph, link)[0])
    assert graph("GET", f"{U}/events/{event['id']}").status_code == 200


@pytest.mark.fact("delta-enters-window")
def test_what_enters_the_window_is_told_in_full(graph):
    event = graph.post(f"{U}/events", an_event("Far", "2026-06-02T09:00:00", "2026-06-02T10:00:00"))
    _, link, _ = full_round(graph)
    near = an_event()
    graph.patch(f"{U}/events/{event['id']}", {"start": near["start"], "end": near["end"]})

    assert [item["subject"] for item in full_round(graph, link)[0]] == ["Far"]


@pytest.mark.fact("delta-removed-never-seen")
def test_what_never_was_in_the_window_is_told_as_removed(graph, sim):
    """FACTS 4: ids never seen arrive as removals; a client must ignore them."""
    _, link, _ = full_round(graph)
    event = graph.post(f"{U}/events", an_event("Far", "2026-06-02T09:00:00", "2026-06-02T10:00:00"))

    assert [event["id"]] == removed(full_round(graph, link)[0])
    sim.switch("removed_never_seen", value=False)
    assert full_round(graph, link)[0] == []


FAR = ("2026-06-02T09:00:00", "2026-06-02T10:00:00")


def moved_to(event, *span):
    near = an_event("x", *span)
    return {"start": near["start"], "end": near["end"]}


@pytest.fixture
def only_what_was_told(sim):
    sim.switch("removed_never_seen", value=False)


@pytest.mark.fact("delta-removed-never-seen")
@pytest.mark.usefixtures("only_what_was_told")
def test_with_the_switch_off_no_change_of_what_was_never_told_is_a_removal(graph):
    event = graph.post(f"{U}/events", an_event("Far", *FAR))
    _, link, _ = full_round(graph)

    graph.patch(f"{U}/events/{event['id']}", {"subject": "Farther"})
    items, link, _ = full_round(graph, link)
    assert items == []
    graph.patch(f"{U}/events/{event['id']}", moved_to(event, "2026-07-02T09:00:00", "2026-07-02T10:00:00"))
    items, link, _ = full_round(graph, link)
    assert items == []
    graph.delete(f"{U}/events/{event['id']}")
    assert full_round(graph, link)[0] == []


@pytest.mark.fact("delta-removed-never-seen")
@pytest.mark.usefixtures("only_what_was_told")
@pytest.mark.parametrize("end", ["moved", "deleted", "changed, moved, changed and deleted"])
def test_with_the_switch_off_what_was_told_is_removed_once(graph, end):
    event = graph.post(f"{U}/events", an_event())
    _, link, _ = full_round(graph)
    path = f"{U}/events/{event['id']}"
    if "changed" in end:
        graph.patch(path, {"subject": "Other"})
    if "moved" in end:
        graph.patch(path, moved_to(event, *FAR))
    if "changed" in end:
        graph.patch(path, {"subject": "Another"})
    if "deleted" in end:
        graph.delete(path)

    items, link, _ = full_round(graph, link)
    assert removed(items) == [event["id"]]
    if end == "moved":
        graph.patch(path, {"subject": "Afterwards"})
    assert full_round(graph, link)[0] == []


@pytest.mark.fact("delta-removed-never-seen")
@pytest.mark.usefixtures("only_what_was_told")
def test_with_the_switch_off_what_came_and_went_between_two_rounds_is_not_told(graph):
    _, link, _ = full_round(graph)
    event = graph.post(f"{U}/events", an_event())
    graph.delete(f"{U}/events/{event['id']}")

    assert full_round(graph, link)[0] == []


@pytest.mark.usefixtures("only_what_was_told")
def test_what_is_told_while_paging_and_then_leaves_is_removed(graph):
    """A page tells things as they are by then; what comes into the window meanwhile is known to the client."""
    first = graph.post(f"{U}/events", an_event("First"))
    graph.post(f"{U}/events", an_event("Second"))
    far = graph.post(f"{U}/events", an_event("Far", *FAR))
    page = graph.get(f"{U}/calendarView/delta?{WINDOW}", Prefer="odata.maxpagesize=1")
    graph.patch(f"{U}/events/{far['id']}", moved_to(far, first["start"]["dateTime"], first["end"]["dateTime"]))
    items, link, _ = full_round(graph, page["@odata.nextLink"])
    assert far["id"] in [item["id"] for item in items]

    graph.delete(f"{U}/events/{far['id']}")

    assert removed(full_round(graph, link)[0]) == [far["id"]]


@pytest.mark.usefixtures("only_what_was_told")
def test_a_series_without_a_day_in_the_window_was_never_told(graph):
    yearly = {
        "pattern": {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 2, "month": 6},
        "range": {"type": "noEnd", "startDate": "2025-06-02"},
    }
    body = an_event("Birthday", "2025-06-02T09:00:00", "2025-06-02T10:00:00") | {"recurrence": yearly}
    event = graph.post(f"{U}/events", body)
    _, link, _ = full_round(graph)
    graph.delete(f"{U}/events/{event['id']}")

    assert full_round(graph, link)[0] == []


@pytest.mark.fact("delta-page-size")
def test_pages_are_cut_by_the_hint_and_cover_everything(graph):
    made = [graph.post(f"{U}/events", an_event(f"E{number}"))["id"] for number in range(7)]
    items, _, pages = full_round(graph, Prefer="odata.maxpagesize=3")

    assert made == [item["id"] for item in items]
    assert pages == 3


@pytest.mark.fact("delta-replay")
def test_a_change_while_paging_is_told_in_the_next_round(graph):
    first, *_ = [graph.post(f"{U}/events", an_event(f"E{number}")) for number in range(4)]
    page = graph.get(f"{U}/calendarView/delta?{WINDOW}", Prefer="odata.maxpagesize=2")
    graph.patch(f"{U}/events/{first['id']}", {"subject": "Changed while paging"})
    page = graph.get(page["@odata.nextLink"], Prefer="odata.maxpagesize=2")

    assert [item["subject"] for item in full_round(graph, page["@odata.deltaLink"])[0]] == ["Changed while paging"]


@pytest.mark.fact("delta-replay")
def test_a_delta_link_can_be_used_again(graph):
    _, link, _ = full_round(graph)
    graph.post(f"{U}/events", an_event())

    assert full_round(graph, link)[0] == full_round(graph, link)[0]


def test_an_event_changed_twice_is_told_once(graph):
    event = graph.post(f"{U}/events", an_event())
    _, link, _ = full_round(graph)
    for name in ("A", "B", "C"):
        graph.patch(f"{U}/events/{event['id']}", {"subject": name})

    assert [item["subject"] for item in full_round(graph, link)[0]] == ["C"]


@pytest.mark.fact("delta-series-whole")
@pytest.mark.fact("delta-thin-occurrence")
def test_a_series_is_told_as_its_master_followed_by_thin_occurrences(graph):
    master = graph.post(f"{U}/events", an_event("Daily", recurrence=DAILY))
    items, _, pages = full_round(graph, Prefer="odata.maxpagesize=2")

    assert (1, "seriesMaster", master["id"]) == (pages, items[0]["type"], items[0]["id"])
    assert len(items[1:]) == 5
    for thin in items[1:]:
        assert {"@odata.type", "@odata.etag", "id", "seriesMasterId", "type", "start", "end"} == set(thin)
        assert master["id"] == thin["seriesMasterId"]


@pytest.mark.fact("delta-deleted-occurrence")
def test_a_deleted_occurrence_has_no_removal_of_its_own(graph):
    """FACTS 4: the series comes again without it."""
    graph.post(f"{U}/events", an_event("Daily", recurrence=DAILY))
    items, link, _ = full_round(graph)
    graph.delete(f"{U}/events/{items[2]['id']}")
    after, _, _ = full_round(graph, link)

    assert removed(after) == []
    assert {item["id"] for item in items} - {item["id"] for item in after} == {items[2]["id"]}


@pytest.mark.fact("delta-exception")
def test_an_exception_is_told_in_full(graph):
    graph.post(f"{U}/events", an_event("Daily", recurrence=DAILY))
    items, link, _ = full_round(graph)
    graph.patch(f"{U}/events/{items[3]['id']}", {"subject": "Only today"})
    after, _, _ = full_round(graph, link)

    [exception] = [item for item in after if item["type"] == "exception"]
    assert ("Only today", items[3]["id"]) == (exception["subject"], exception["id"])
    assert sum(item["type"] == "occurrence" for item in after) == 4


@pytest.mark.fact("delta-deleted-series")
def test_a_deleted_series_is_one_removal(graph):
    master = graph.post(f"{U}/events", an_event("Daily", recurrence=DAILY))
    _, link, _ = full_round(graph)
    graph.delete(f"{U}/events/{master['id']}")

    assert [master["id"]] == removed(full_round(graph, link)[0])


@pytest.mark.fact("delta-move")
def test_a_move_to_another_calendar_is_a_removal_here_and_an_event_there(graph, sim):
    event = graph.post(f"{U}/events", an_event())
    room = sim.person("aquarium@harbour.test")
    archive = room.add_calendar("Archive")
    _, here, _ = full_round(graph)
    _, there, _ = full_round(graph, f"{U}/calendars/{archive}/calendarView/delta?{WINDOW}")
    room.move_to_calendar(event["id"], "Archive")

    assert [event["id"]] == removed(full_round(graph, here)[0])
    assert [item["subject"] for item in full_round(graph, there)[0]] == ["Planning"]


@pytest.mark.fact("delta-token-bad")
def test_a_token_of_another_calendar_is_refused(graph):
    _, link, _ = full_round(graph)

    assert graph.error("GET", link.replace("aquarium", "boathouse")) == (400, "InvalidDeltaToken")


@pytest.mark.fact("delta-token-bad")
@pytest.mark.parametrize(
    "spoil",
    [lambda link: link[:-4], lambda link: link + "AAAA", lambda link: link.replace("$deltatoken", "$skiptoken")],
)
def test_a_token_that_was_tampered_with_is_refused(graph, spoil):
    _, link, _ = full_round(graph)

    assert graph.error("GET", spoil(link)) == (400, "InvalidDeltaToken")


@pytest.mark.fact("delta-gone")
def test_forgotten_sync_states_answer_gone(graph, sim):
    _, link, _ = full_round(graph)
    sim.forget_sync_states("aquarium@harbour.test")

    assert graph.error("GET", link) == (410, "SyncStateNotFound")
    assert full_round(graph)[0] == []


@pytest.mark.fact("delta-gone")
def test_gone_may_carry_the_address_of_a_fresh_round(graph, sim):
    graph.post(f"{U}/events", an_event())
    _, link, _ = full_round(graph)
    sim.switch("gone_with_location", value=True)
    sim.forget_sync_states()
    answer = graph("GET", link)

    assert answer.status_code == 410
    assert len(full_round(graph, answer.headers["Location"])[0]) == 1


@pytest.mark.fact("delta-unsupported-options")
def test_expand_on_delta_fails_as_it_does_at_microsoft(graph):
    path = f"{U}/calendarView/delta?{WINDOW}&$expand=singleValueExtendedProperties($filter=id eq 'String 0x1')"

    assert graph.error("GET", path) == (500, "InternalServerError")


@pytest.mark.fact("delta-unsupported-options")
def test_filters_are_not_supported_on_delta(graph):
    assert graph.error("GET", f"{U}/calendarView/delta?{WINDOW}&$filter=subject eq 'x'")[0] == 400


@pytest.mark.fact("delta-select")
def test_select_is_ignored_on_delta_unless_switched_on(graph, sim):
    graph.post(f"{U}/events", an_event())
    path = f"{U}/calendarView/delta?{WINDOW}&$select=subject"

    assert "body" in graph.get(path)["value"][0]
    sim.switch("delta_select_honoured", value=True)
    assert {"@odata.type", "@odata.etag", "id", "subject"} == set(graph.get(path)["value"][0])


@pytest.mark.fact("delta-token-keeps-window")
def test_the_window_is_frozen_in_the_token(graph, sim):
    """Time passes, the round's window does not move with it."""
    _, link, _ = full_round(graph)
    sim.advance(timedelta(days=40))
    graph.post(f"{U}/events", an_event("In the old window"))

    assert [item["subject"] for item in full_round(graph, link)[0]] == ["In the old window"]


@pytest.mark.fact("delta-id-format")
def test_delta_ids_follow_the_format_that_each_request_prefers(graph):
    event = graph.post(f"{U}/events", an_event(), Prefer='IdType="ImmutableId"')
    _, link, _ = full_round(graph)
    graph.delete(f"{U}/events/{event['id']}")

    assert [event["id"]] == removed(full_round(graph, link, Prefer='IdType="ImmutableId"')[0])
    assert [event["id"]] != removed(full_round(graph, link)[0])


@pytest.mark.fact("delta-unbounded")
def test_a_delta_without_a_window_is_a_named_gap(graph):
    assert graph("GET", f"{U}/events/delta").status_code == 501


@pytest.mark.fact("conduct-polling")
def test_polling_without_need_is_noted(graph, sim):
    _, link, _ = full_round(graph)
    for _ in range(31):
        full_round(graph, link)

    assert {"polling_too_fast"} == {offence.kind for offence in sim.conduct.offences}


def test_the_log_is_compacted_without_losing_a_change(graph, sim):
    room = sim.person("aquarium@harbour.test")
    event = room.create_event("Often", START)
    other = room.create_event("Once", START)
    _, link, _ = full_round(graph)
    room.edit_event(other, subject="Once more")
    for number in range(5000):
        room.edit_event(event, showAs="free" if number % 2 else "busy")

    calendar = sim.world.default_calendar(room.mailbox)
    assert len(calendar.log) < 5000
    assert {"Often", "Once more"} == {item["subject"] for item in full_round(graph, link)[0]}
