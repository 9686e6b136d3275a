"""What is known to go wrong with calendarView/delta, and who may ask for it under which path (FACTS 4, 11)."""

from datetime import timedelta

import pytest

from sim365.state import Principal
from tests.sim365.core.harbour import APP, START, TENANT, an_event

U = "/users/aquarium@harbour.test"
WINDOW = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"
FIRST = f"{U}/calendarView/delta?{WINDOW}"
TWO = {"Prefer": "odata.maxpagesize=2"}
PAGES_MAX = 50


def pages_of(graph, link=FIRST, **headers):
    """The pages of a round, the last one with its deltaLink."""
    found = [graph.get(link, **headers)]
    while "@odata.nextLink" in found[-1]:
        assert len(found) < PAGES_MAX, "the round never ends"
        found.append(graph.get(found[-1]["@odata.nextLink"], **headers))
    return found


def subjects(pages):
    return [item.get("subject", "removed") for page in pages for item in page["value"]]


def fill(graph, count):
    return [graph.post(f"{U}/events", an_event(f"E{number}")) for number in range(count)]


def kinds(sim):
    return [str(offence.kind) for offence in sim.conduct.offences]


@pytest.mark.fact("delta-aliases")
def test_the_same_round_has_several_paths(graph, sim, tokens):
    made = graph.post("/users/ada@harbour.test/events", an_event())
    calendar = graph.get("/users/ada@harbour.test/calendar")["id"]
    ada = sim.person("ada@harbour.test").mailbox.oid
    for path in (f"/users/{ada}", "/users/ada@harbour.test/calendar", f"/users/{ada}/calendars/{calendar}"):
        assert [made["id"]] == [item["id"] for item in graph.get(f"{path}/calendarView/delta?{WINDOW}")["value"]]

    tokens.issue("ada", Principal(TENANT, APP, scopes=frozenset({"Calendars.Read"}), user_oid=ada))
    graph.headers = {"Authorization": "Bearer ada"}
    assert [made["id"]] == [item["id"] for item in graph.get(f"/me/calendarView/delta?{WINDOW}")["value"]]


@pytest.mark.fact("delta-aliases")
def test_a_second_calendar_has_a_round_of_its_own(graph, sim):
    archive = sim.person("aquarium@harbour.test").add_calendar("Archive")
    graph.post(f"{U}/events", an_event("Default"))
    graph.post(f"{U}/calendars/{archive}/events", an_event("Archived"))

    assert subjects(pages_of(graph)) == ["Default"]
    assert subjects(pages_of(graph, f"{U}/calendars/{archive}/calendarView/delta?{WINDOW}")) == ["Archived"]


@pytest.mark.fact("delta-master-start")
def test_a_master_tells_its_first_occurrence_although_it_lies_before_the_window(graph):
    weekly = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "noEnd", "startDate": "2024-01-01"},
    }
    graph.post(f"{U}/events", an_event("Old", "2024-01-01T09:00:00", "2024-01-01T10:00:00", recurrence=weekly))
    [master, *occurrences] = pages_of(graph)[0]["value"]

    assert master["start"]["dateTime"] == "2024-01-01T09:00:00.0000000"
    assert {item["start"]["dateTime"][:10] for item in occurrences} == {
        f"2026-03-{day:02}" for day in (2, 9, 16, 23, 30)
    }


@pytest.mark.fact("delta-page-size")
def test_a_long_series_is_one_page_whatever_the_hint_says(graph):
    daily = {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "noEnd", "startDate": "2026-01-01"}}
    graph.post(f"{U}/events", an_event("Daily", "2026-01-01T09:00:00", "2026-01-01T10:00:00", recurrence=daily))
    fill(graph, 3)

    assert [len(page["value"]) for page in pages_of(graph, **TWO)] == [32, 2, 1]


@pytest.mark.fact("delta-page-size")
def test_without_a_hint_the_switch_decides_the_size(graph, sim):
    fill(graph, 5)
    sim.switch("delta_page_size", value=4)

    assert [len(page["value"]) for page in pages_of(graph)] == [4, 1]


@pytest.mark.fact("delta-answer")
def test_an_answer_tells_the_organisers_event_again(graph, sim):
    ada, ben = sim.person("ada@harbour.test"), sim.person("ben@harbour.test")
    ada.create_event("Planning", START + timedelta(hours=2), attendees=["ben@harbour.test"])
    sim.settle()
    first = pages_of(graph, f"/users/ada@harbour.test/calendarView/delta?{WINDOW}")
    [copy] = ben.events()
    ben.respond(copy, "accepted")
    sim.settle()
    [again] = pages_of(graph, first[-1]["@odata.deltaLink"])[0]["value"]

    assert again["attendees"][0]["status"]["response"] == "accepted"
    assert again["@odata.etag"] != first[0]["value"][0]["@odata.etag"]


@pytest.mark.fact("delta-token-keeps-window")
def test_a_window_given_with_a_token_changes_nothing_and_is_noted(graph, sim):
    link = pages_of(graph)[-1]["@odata.deltaLink"]
    graph.post(f"{U}/events", an_event("In March"))
    later = f"{link}&startDateTime=2027-01-01T00:00:00Z&endDateTime=2027-02-01T00:00:00Z"

    assert subjects(pages_of(graph, later)) == ["In March"]
    assert kinds(sim) == ["handmade_link"]


@pytest.mark.fact("delta-latest")
def test_latest_is_no_token_for_events(graph, sim):
    graph.post(f"{U}/events", an_event("Before"))
    assert graph.error("GET", f"{FIRST}&$deltatoken=latest") == (400, "InvalidDeltaToken")

    sim.switch("delta_latest_token", value=True)
    [page] = pages_of(graph, f"{FIRST}&$deltatoken=latest")
    assert page["value"] == []
    graph.post(f"{U}/events", an_event("After"))
    assert subjects(pages_of(graph, page["@odata.deltaLink"])) == ["After"]


@pytest.mark.fact("delta-eviction")
def test_the_oldest_token_is_forgotten_first_where_few_are_kept(graph, sim):
    fill(graph, 5)
    sim.switch("delta_tokens_kept", value=2)
    first = graph.get(FIRST, **TWO)["@odata.nextLink"]
    second = graph.get(first, **TWO)["@odata.nextLink"]
    third = graph.get(second, **TWO)["@odata.deltaLink"]

    assert graph.error("GET", first) == (410, "SyncStateNotFound")
    assert graph("GET", third).status_code == 200


@pytest.mark.fact("delta-eviction")
def test_what_was_forgotten_stays_forgotten_over_a_snapshot(graph, sim):
    sim.switch("delta_tokens_kept", value=1)
    old = pages_of(graph)[-1]["@odata.deltaLink"]
    saved = sim.snapshot()
    new = pages_of(graph)[-1]["@odata.deltaLink"]
    assert graph.error("GET", old)[0] == 410

    sim.restore(saved)
    assert (graph("GET", old).status_code, graph("GET", new).status_code) == (200, 200)


@pytest.mark.fact("delta-empty-pages")
def test_several_empty_pages_may_come_before_the_real_one(graph, sim):
    fill(graph, 2)
    sim.weather.next("empty_page", times=3)
    pages = pages_of(graph)

    assert [len(page["value"]) for page in pages] == [0, 0, 0, 2]
    assert len({page.get("@odata.nextLink") for page in pages}) == 4


@pytest.mark.fact("delta-endless")
@pytest.mark.parametrize(("parameter", "links"), [(None, 4), ("same", 1)])
def test_pages_may_never_end_with_new_links_or_with_one_and_the_same(graph, sim, parameter, links):
    fill(graph, 3)
    link = graph.get(FIRST, **TWO)["@odata.nextLink"]
    rule = sim.weather.add("endless_pages", parameter=parameter)
    found = set()
    for _ in range(4):
        link = graph.get(link)["@odata.nextLink"]
        found.add(link)

    assert len(found) == links
    sim.weather.rules.remove(rule)
    assert subjects([graph.get(link)]) == ["E2"]


@pytest.mark.fact("delta-item-again")
def test_an_item_may_come_again_on_the_next_page(graph, sim):
    fill(graph, 4)
    sim.weather.next("item_again")

    assert subjects(pages_of(graph, **TWO)) == ["E0", "E1", "E1", "E2", "E3"]


@pytest.mark.fact("delta-item-again")
def test_an_item_that_comes_again_is_as_it_is_by_then(graph, sim):
    _, event, _ = fill(graph, 3)
    sim.weather.next("item_again")
    page = graph.get(FIRST, **TWO)
    graph.patch(f"{U}/events/{event['id']}", {"subject": "Changed meanwhile"})

    assert subjects([graph.get(page["@odata.nextLink"], **TWO)]) == ["Changed meanwhile", "E2"]


@pytest.mark.fact("delta-item-again")
def test_the_next_round_may_replay_the_last_item(graph, sim):
    fill(graph, 2)
    sim.weather.next("item_again")
    link = pages_of(graph)[-1]["@odata.deltaLink"]
    pages = pages_of(graph, link)

    assert subjects(pages) == ["E1"]
    assert subjects(pages_of(graph, pages[-1]["@odata.deltaLink"])) == []


@pytest.mark.fact("delta-gaps")
def test_a_change_may_come_one_round_late(graph, sim):
    link = pages_of(graph)[-1]["@odata.deltaLink"]
    fill(graph, 2)
    sim.weather.next("change_late")
    pages = pages_of(graph, link)
    assert subjects(pages) == ["E0"]

    assert subjects(pages_of(graph, pages[-1]["@odata.deltaLink"])) == ["E1"]


@pytest.mark.fact("delta-gaps")
def test_a_change_may_never_come(graph, sim):
    link = pages_of(graph)[-1]["@odata.deltaLink"]
    fill(graph, 1)
    sim.weather.next("page_lost")
    pages = pages_of(graph, link)

    assert subjects(pages) + subjects(pages_of(graph, pages[-1]["@odata.deltaLink"])) == []
    assert len(graph.get(f"{U}/calendarView?{WINDOW}")["value"]) == 1


@pytest.mark.fact("delta-removals-missing")
def test_removals_may_never_come(graph, sim):
    kept, gone = fill(graph, 2)
    link = pages_of(graph)[-1]["@odata.deltaLink"]
    graph.delete(f"{U}/events/{gone['id']}")
    graph.patch(f"{U}/events/{kept['id']}", {"subject": "Changed"})
    sim.weather.next("removals_lost")

    assert subjects(pages_of(graph, link)) == ["Changed"]


@pytest.mark.fact("delta-trouble-midway")
@pytest.mark.parametrize(
    ("fault", "parameter", "expected"),
    [
        ("unavailable_bare", None, (503, "ServiceUnavailable")),
        ("gateway_timeout", None, (504, "UnknownError")),
        ("gone", None, (410, "SyncStateNotFound")),
        ("gone", "ResyncRequired", (410, "ResyncRequired")),
        ("gone", "SyncStateInvalid", (410, "SyncStateInvalid")),
        ("token_invalid", "syncStateNotFound", (400, "syncStateNotFound")),
    ],
)
def test_trouble_may_strike_in_the_middle_of_a_round_only(graph, sim, fault, parameter, expected):
    """The last link is good again afterwards: a client may go on from there."""
    fill(graph, 3)
    sim.weather.next(fault, path="$skiptoken", parameter=parameter)
    page = graph.get(FIRST, **TWO)

    assert graph.error("GET", page["@odata.nextLink"]) == expected
    assert subjects([graph.get(page["@odata.nextLink"])]) == ["E2"]


@pytest.mark.fact("delta-gone")
def test_gone_may_come_again_after_the_full_round(graph, sim):
    sim.weather.next("gone", path="$deltatoken", times=2)
    for _ in range(2):
        assert graph.error("GET", pages_of(graph)[-1]["@odata.deltaLink"])[0] == 410

    assert graph("GET", pages_of(graph)[-1]["@odata.deltaLink"]).status_code == 200
