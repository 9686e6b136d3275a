"""Users: the queries that the directory answers, those it refuses, and what becomes of users."""

from datetime import timedelta

import pytest

from sim365.state import Card

ADA, BEN = "ada@harbour.test", "ben@harbour.test"
EVENTUAL = {"ConsistencyLevel": "eventual"}


def names(answer):
    return [user["displayName"] for user in answer["value"]]


def test_without_select_a_user_shows_the_usual_eleven_properties(graph):
    assert len(graph.get(f"/users/{ADA}")) == 11 + 1


def test_select_star_shows_everything_but_the_mailbox_settings(graph):
    user = graph.get(f"/users/{ADA}?$select=*")

    assert user["assignedLicenses"][0]["disabledPlans"] == []
    assert "mailboxSettings" not in user


def test_mailbox_settings_can_be_selected_of_one_user(graph):
    user = graph.get(f"/users/{ADA}?$select=displayName,mailboxSettings")

    assert user["mailboxSettings"]["timeZone"] == "FLE Standard Time"
    assert graph.error("GET", "/users?$select=mailboxSettings") == (400, "Request_UnsupportedQuery")


def test_select_of_an_unknown_property_is_refused(graph):
    assert graph.error("GET", "/users?$select=shoeSize") == (400, "RequestBroker--ParseUri")


@pytest.mark.fact("users-paged-by-token")
def test_a_page_holds_at_most_999_users(graph):
    assert graph.error("GET", "/users?$top=1000")[0] == 400
    assert "$skiptoken=" in graph.get("/users?$top=2")["@odata.nextLink"]
    assert graph.error("GET", "/users?$skip=2")[0] == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("displayName eq 'ada lind'", ["Ada Lind"]),
        ("startsWith(displayName,'b')", ["Ben Okafor", "Boathouse"]),
        ("mail in ('ada@harbour.test','BEN@harbour.test')", ["Ada Lind", "Ben Okafor"]),
        ("jobTitle eq null and startswith(displayName,'C')", ["Chidi Eze", "Crow's Nest"]),
        ("displayName eq 'Crow''s Nest'", ["Crow's Nest"]),
        ("accountEnabled eq true and (jobTitle eq 'Manager' or jobTitle eq 'Researcher')", ["Ada Lind", "Ben Okafor"]),
        ("proxyAddresses/any(p:p eq 'SMTP:ada@harbour.test')", ["Ada Lind"]),
        ("proxyAddresses/any(p:startswith(p,'smtp:boat'))", ["Boathouse"]),
        ("id eq 'a0000000-0000-4000-8000-000000000000'", ["Ada Lind"]),
    ],
)
def test_users_are_filtered_by(graph, query, found):
    assert found == names(graph.get(f"/users?$filter={query}"))


def test_users_are_filtered_by_licence(graph, sim):
    sim.directory.take_licence(ADA)
    [licence] = graph.get(f"/users/{BEN}?$select=assignedLicenses")["assignedLicenses"]

    found = graph.get(f"/users?$filter=assignedLicenses/any(u:u/skuId eq {licence['skuId']})&$select=displayName")

    assert names(found) == ["Ben Okafor", "Chidi Eze"]


@pytest.mark.fact("users-advanced-queries")
@pytest.mark.parametrize(
    "query",
    [
        "$filter=endsWith(mail,'@harbour.test')",
        "$filter=jobTitle ne null",
        "$filter=not(startsWith(displayName,'B'))",
        "$filter=assignedLicenses/$count eq 0",
        "$filter=startsWith(displayName,'B')&$orderby=displayName",
    ],
)
def test_an_advanced_query_needs_the_header_and_the_count(graph, query):
    assert graph.error("GET", f"/users?{query}") == (400, "Request_UnsupportedQuery")
    assert graph.error("GET", f"/users?{query}", **EVENTUAL) == (400, "Request_UnsupportedQuery")

    assert graph.get(f"/users?{query}&$count=true", **EVENTUAL)["@odata.count"] > 0


def test_the_count_is_passed_over_without_the_header(graph):
    assert "@odata.count" not in graph.get("/users?$count=true")


@pytest.mark.parametrize(
    "query",
    [
        "$filter=contains(displayName,'a')",
        "$filter=businessPhones eq '1'",
        "$filter=endsWith(displayName,'a')&$count=true",
        "$filter=displayName/any(d:d eq 'x')",
        "$orderby=jobTitle",
    ],
)
def test_what_the_directory_never_answers_is_refused(graph, query):
    assert graph.error("GET", f"/users?{query}", **EVENTUAL) == (400, "Request_UnsupportedQuery")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ('"displayName:oka"', ["Ben Okafor"]),
        ('"displayName:ada" OR "displayName:eze"', ["Ada Lind", "Chidi Eze"]),
        ('"displayName:c" AND "mail:chidi"', ["Chidi Eze"]),
        ('("displayName:c" OR "displayName:b") "mail:boathouse"', ["Boathouse"]),
        ('"displayName:lind" AND NOT "displayName:ada"', []),
    ],
)
def test_search_finds_the_beginnings_of_words(graph, search, found):
    assert found == names(graph.get(f"/users?$search={search}", **EVENTUAL))


@pytest.mark.parametrize("search", ['"displayName:a', '"displayName:a" OR', "displayName:a", '""', "(", '"ada"'])
def test_a_search_that_cannot_be_read_is_refused(graph, search):
    assert graph.error("GET", f"/users?$search={search}", **EVENTUAL)[0] == 400


def test_search_needs_the_header(graph):
    assert graph.error("GET", '/users?$search="displayName:a"') == (400, "Request_UnsupportedQuery")


def test_expanding_a_relation_names_the_gap(graph):
    assert graph("GET", "/users?$expand=manager").status_code == 501
    assert graph("GET", "/users/delta").status_code == 501


@pytest.mark.fact("resource-account-disabled")
def test_a_van_is_a_disabled_account_without_a_licence(graph):
    user = graph.get("/users/heron@harbour.test?$select=accountEnabled,assignedLicenses,userType")

    assert (user["accountEnabled"], user["assignedLicenses"], user["userType"]) == (False, [], "Member")


@pytest.mark.fact("purpose-tells-equipment")
def test_a_van_is_in_no_list_of_places_but_its_settings_tell(graph):
    for kind in ("room", "workspace"):
        assert "Heron" not in names(graph.get(f"/places/microsoft.graph.{kind}"))
    assert graph.get("/users/heron@harbour.test/mailboxSettings/userPurpose")["value"] == "equipment"


def test_a_card_is_written_and_shown(graph, sim):
    sim.person(BEN).mailbox.card = Card(city="Sofia", business_phones=("+359 2 555 0100",))

    graph("PATCH", f"/users/{BEN}", {"jobTitle": "Director", "country": "BG"}, 204)

    ben = graph.get(f"/users/{BEN}?$select=jobTitle,city,country,businessPhones")
    assert (ben["jobTitle"], ben["city"], ben["country"]) == ("Director", "Sofia", "BG")
    assert ben["businessPhones"] == ["+359 2 555 0100"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"shoeSize": 44}, 400),
        ({"displayName": ""}, 400),
        ({"accountEnabled": "yes"}, 400),
        ({"mail": "x@y.test"}, 501),
    ],
)
def test_a_write_that_makes_no_sense_changes_nothing(graph, body, status):
    assert graph("PATCH", f"/users/{ADA}", {"jobTitle": "Pirate", **body}).status_code == status
    assert graph.get(f"/users/{ADA}")["jobTitle"] == "Researcher"


@pytest.mark.fact("deleted-user-restored")
def test_a_deleted_user_comes_back_with_everything(graph, sim):
    oid = sim.person(ADA).oid
    event = sim.person(ADA).create_event("Planning", sim.clock.now())
    graph.delete(f"/users/{ADA}")

    assert graph.error("GET", f"/users/{ADA}") == (404, "Request_ResourceNotFound")
    assert graph.error("GET", f"/users/{ADA}/events") == (404, "ErrorInvalidUser")
    [deleted] = graph.get("/directory/deletedItems/microsoft.graph.user")["value"]
    assert (deleted["id"], deleted["deletedDateTime"]) == (oid, "2026-03-02T07:00:00Z")

    graph.post(f"/directory/deletedItems/{oid}/restore", None, 200)

    assert graph.get(f"/users/{ADA}/events/{event['id']}")["subject"] == "Planning"
    assert graph.get("/directory/deletedItems/microsoft.graph.user")["value"] == []


@pytest.mark.fact("deleted-user-restored")
def test_after_thirty_days_a_deleted_user_is_gone(graph, sim):
    oid = sim.directory.delete(ADA)
    sim.advance(timedelta(days=31))

    assert graph.error("POST", f"/directory/deletedItems/{oid}/restore") == (404, "Request_ResourceNotFound")


def test_a_deleted_user_whose_name_was_given_away_cannot_be_restored(graph, sim):
    oid = sim.directory.delete(ADA)
    sim.rename(BEN, ADA)

    assert graph.error("POST", f"/directory/deletedItems/{oid}/restore") == (400, "Request_BadRequest")


def test_a_deleted_user_can_be_removed_for_good(graph, sim):
    oid = sim.directory.delete(ADA)
    graph.delete(f"/directory/deletedItems/{oid}")

    assert graph.error("GET", f"/directory/deletedItems/{oid}") == (404, "Request_ResourceNotFound")


@pytest.mark.fact("unlicensed-mailbox-missing")
def test_without_a_licence_there_is_a_user_but_no_mailbox(graph, sim):
    event = sim.person(ADA).create_event("Planning", sim.clock.now())
    sim.directory.take_licence(ADA)

    assert graph.get(f"/users/{ADA}?$select=assignedLicenses")["assignedLicenses"] == []
    assert graph.error("GET", f"/users/{ADA}/calendar") == (404, "MailboxNotEnabledForRESTAPI")

    sim.directory.give_licence(ADA)
    assert graph.get(f"/users/{ADA}/events/{event['id']}")["subject"] == "Planning"


def test_a_licence_that_comes_back_too_late_brings_an_empty_mailbox(graph, sim):
    event = sim.person(ADA).create_event("Planning", sim.clock.now())
    sim.directory.take_licence(ADA)
    sim.advance(timedelta(days=31))
    sim.directory.give_licence(ADA)

    assert graph.get(f"/users/{ADA}/events")["value"] == []
    assert graph.error("GET", f"/users/{ADA}/events/{event['id']}") == (404, "ErrorItemNotFound")


@pytest.mark.fact("unlicensed-mailbox-missing")
@pytest.mark.fact("moved-mailbox-new-ids")
def test_a_mailbox_that_was_on_premises_has_new_ids(graph, sim):
    before = sim.person(ADA).create_event("Planning", sim.clock.now())
    sim.directory.move_on_premises(ADA)

    assert graph.error("GET", f"/users/{ADA}/events") == (404, "MailboxNotEnabledForRESTAPI")
    assert graph.get(f"/users/{ADA}?$select=onPremisesSyncEnabled")["onPremisesSyncEnabled"] is True

    sim.directory.move_online(ADA)
    [after] = graph.get(f"/users/{ADA}/events")["value"]
    assert (after["subject"], after["id"] == before["id"]) == ("Planning", False)


@pytest.mark.fact("alias-for-mailbox-only")
def test_an_alias_leads_to_the_mailbox_but_to_no_user(graph, sim):
    sim.rename(ADA, "ada.lind@harbour.test")

    assert graph.error("GET", f"/users/{ADA}") == (404, "Request_ResourceNotFound")
    assert graph.get(f"/users/{ADA}/calendar")["name"] == "Calendar"


@pytest.mark.fact("renamed-address-stays")
def test_a_renamed_user_keeps_the_old_address(graph, sim):
    sim.rename(ADA, "ada.lind@harbour.test")

    user = graph.get("/users/ada.lind@harbour.test?$select=id,mail,proxyAddresses")

    assert user["proxyAddresses"] == ["SMTP:ada.lind@harbour.test", "smtp:ada@harbour.test"]
    assert graph.get(f"/users/{ADA}/calendar")["owner"]["address"] == "ada.lind@harbour.test"
