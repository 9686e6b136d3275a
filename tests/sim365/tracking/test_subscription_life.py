"""A subscription from its making to its end: who may, for how long, what ends it and what is said of that (FACTS 5)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sim365.state import Principal, Tenant
from sim365.state.sign_ins import Account
from tests.sim365.core.harbour import APP, PERMISSIONS, START, TENANT, an_event
from tests.sim365.tracking.bell import URL, U, asking

ADA = "/users/ada@harbour.test"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(graph, sim, tokens):
    """Ada's own token, used from here on; answers her object id."""
    oid = sim.person("ada@harbour.test").mailbox.oid
    tokens.issue("ada", Principal(TENANT, APP, scopes=frozenset({"Calendars.ReadWrite"}), user_oid=oid))
    sim.company.tenants[0].apps[APP].consents[oid] = {"Calendars.ReadWrite"}
    graph.headers = {"Authorization": "Bearer ada"}
    return oid


def later(**delta):
    return (START + timedelta(**delta)).isoformat()


@pytest.mark.fact("subscription-own-mailbox")
def test_a_persons_token_watches_the_own_mailbox_only(graph, ada):
    made = graph.post("/subscriptions", asking(resource="/me/events"))

    assert (made["creatorId"], made["resource"]) == (ada, "/me/events")
    for other in (U, "/users/ben@harbour.test"):
        assert graph.error("POST", "/subscriptions", asking(resource=f"{other}/events")) == (403, "ExtensionError")


@pytest.mark.fact("subscription-own-only")
def test_a_person_sees_only_their_own_and_the_app_all_of_its_own(graph, sim, tokens, ada):
    made = graph.post("/subscriptions", asking(resource=f"{ADA}/events"))
    ben = sim.person("ben@harbour.test").mailbox.oid
    tokens.issue("ben", Principal(TENANT, APP, scopes=frozenset({"Calendars.ReadWrite"}), user_oid=ben))
    graph.headers = {"Authorization": "Bearer ben"}
    assert graph.get("/subscriptions")["value"] == []
    assert graph.error("GET", f"/subscriptions/{made['id']}")[0] == 404

    graph.headers = {"Authorization": "Bearer good"}
    assert [each["id"] for each in graph.get("/subscriptions")["value"]] == [made["id"]]


@pytest.mark.fact("subscription-own-only")
def test_the_same_app_in_another_tenant_sees_none_of_these(graph, sim, tokens):
    made = graph.post("/subscriptions", asking())
    sim.company.tenants.append(Tenant("another-tenant", "Quay", ["quay.test"]))
    tokens.issue("there", Principal("another-tenant", APP, frozenset(PERMISSIONS), "sp-9"))
    graph.headers = {"Authorization": "Bearer there"}

    assert graph.get("/subscriptions")["value"] == []
    for method in ("GET", "DELETE"):
        assert graph.error(method, f"/subscriptions/{made['id']}")[0] == 404


@pytest.mark.fact("subscription-calendar")
def test_without_a_calendar_all_of_the_mailbox_are_watched(graph, sim, bell):
    archive = sim.person("aquarium@harbour.test").add_calendar("Archive")
    graph.post("/subscriptions", asking())
    graph.post(f"{U}/events", an_event())
    graph.post(f"{U}/calendars/{archive}/events", an_event())
    sim.advance(MINUTE)

    assert len(bell.notices) == 2


@pytest.mark.fact("subscription-lifetime")
def test_the_longest_life_is_named_where_it_is_exceeded(graph, sim):
    def message(days):
        return graph("POST", "/subscriptions", asking(expirationDateTime=later(days=days)), 400).json()["error"]

    assert message(8)["message"] == "Subscription expiration can only be 10080 minutes in the future."
    sim.switch("subscription_minutes_of_2024", value=True)
    assert message(3)["message"] == "Subscription expiration can only be 4230 minutes in the future."


@pytest.mark.fact("subscription-properties")
def test_the_tls_version_and_the_webhooks_app_are_kept(graph):
    made = graph.post("/subscriptions", asking(latestSupportedTlsVersion="v1_3", notificationUrlAppId="app-of-url"))
    shown = graph.get(f"/subscriptions/{made['id']}")

    assert (shown["latestSupportedTlsVersion"], shown["notificationUrlAppId"]) == ("v1_3", "app-of-url")
    assert graph.error("POST", "/subscriptions", asking(latestSupportedTlsVersion="v9"))[0] == 400
    assert graph.error("POST", "/subscriptions", asking(colour="red"))[0] == 400


def test_repeated_change_types_count_once(graph):
    assert (
        graph.post("/subscriptions", asking(changeType="created, created,Updated"))["changeType"] == "created,updated"
    )


@pytest.mark.fact("subscription-quota")
def test_a_mailbox_has_a_thousand_subscriptions_of_all_apps_together(graph, sim, bell):
    sim.switch("duplicate_subscription_conflict", value=False)
    made = graph.post("/subscriptions", asking())
    held = sim.notices.subscriptions[made["id"]]
    for number in range(999):
        sim.notices.add(replace(held, id=f"other {number}", app_id=f"app {number % 7}"))

    assert graph.error("POST", "/subscriptions", asking()) == (403, "ExtensionError")
    assert graph.post("/subscriptions", asking(resource="/users/boathouse@harbour.test/events"))["id"]
    sim.advance(timedelta(days=4))
    assert graph.post("/subscriptions", asking(expirationDateTime=later(days=6)))["id"]


@pytest.mark.fact("subscription-duplicate")
def test_other_change_types_or_another_tenant_are_no_duplicates(graph):
    graph.post("/subscriptions", asking(changeType="created"))
    graph.post("/subscriptions", asking(changeType="updated"))
    answer = graph("POST", "/subscriptions", asking(changeType="created"), 409)

    assert "already exists for the requested combination" in answer.json()["error"]["message"]


@pytest.mark.fact("subscription-lifecycle-url-fixed")
@pytest.mark.parametrize("name", ["lifecycleNotificationUrl", "resource", "changeType", "clientState"])
def test_what_was_agreed_at_the_making_cannot_be_changed(graph, name):
    made = graph.post("/subscriptions", asking())

    assert graph.error("PATCH", f"/subscriptions/{made['id']}", {name: "x"})[0] == 400


@pytest.mark.fact("subscription-lifecycle-url-required")
def test_by_switch_a_long_subscription_needs_an_address_for_lifecycle_notices(graph, sim):
    alone = asking(lifecycleNotificationUrl=None)
    assert graph.post("/subscriptions", alone)["lifecycleNotificationUrl"] is None
    sim.switch("lifecycle_url_required", value=True)
    alone["changeType"] = "created"

    assert graph.error("POST", "/subscriptions", alone) == (400, "InvalidRequest")
    assert graph.post("/subscriptions", alone | {"expirationDateTime": later(minutes=50)})["id"]


@pytest.mark.fact("subscription-renewal")
def test_a_renewal_may_bring_a_new_address_which_must_shake_hands(graph, bell):
    made = graph.post("/subscriptions", asking())
    bell.handshakes.clear()
    path = f"/subscriptions/{made['id']}"
    graph.patch(path, {"expirationDateTime": later(days=4)})
    assert bell.handshakes == []

    shown = graph.patch(path, {"expirationDateTime": later(days=4), "notificationUrl": f"{URL}/new"})
    assert (shown["notificationUrl"], len(bell.handshakes)) == (f"{URL}/new", 1)


@pytest.mark.fact("subscription-lost")
def test_a_subscription_may_silently_be_gone(graph, sim, bell):
    made = graph.post("/subscriptions", asking())
    sim.weather.next("subscription_gone", method="PATCH")

    assert graph.error("PATCH", f"/subscriptions/{made['id']}", {"expirationDateTime": later(days=4)})[0] == 404
    graph.post(f"{U}/events", an_event())
    sim.advance(MINUTE)
    assert (graph.get("/subscriptions")["value"], bell.posts) == ([], [])


@pytest.mark.fact("lifecycle-reauthorize")
def test_in_the_last_hour_delivery_goes_on_and_a_renewal_ends_the_asking(graph, sim, bell):
    made = graph.post("/subscriptions", asking())
    sim.advance(timedelta(days=3) - 20 * MINUTE)
    asked = len(bell.lifecycle)
    graph.post(f"{U}/events", an_event())
    graph.patch(f"/subscriptions/{made['id']}", {"expirationDateTime": later(days=6)})
    sim.advance(timedelta(hours=2))

    assert (asked, bell.lifecycle) == (3, ["reauthorizationRequired"] * 3)
    assert len(bell.notices) == 1


@pytest.mark.fact("lifecycle-consent")
def test_without_its_permission_an_app_is_asked_once_and_told_nothing(graph, sim, bell):
    made = graph.post("/subscriptions", asking())
    app = sim.company.tenants[0].apps[APP]
    kept, app.permissions = app.permissions, {"User.Read.All"}
    room = sim.person("aquarium@harbour.test")
    for name in ("Lost", "Lost too"):
        room.create_event(name, START)
    sim.advance(MINUTE)
    assert (bell.notices, bell.lifecycle) == ([], ["reauthorizationRequired"])

    app.permissions = kept
    room.create_event("Still paused", START)
    graph("POST", f"/subscriptions/{made['id']}/reauthorize", status=204)
    room.create_event("Told", START)
    sim.advance(MINUTE)
    assert len(bell.notices) == 1


@pytest.mark.fact("lifecycle-consent")
def test_a_policy_that_shuts_the_app_out_counts_as_lost_consent(graph, sim, bell):
    graph.post("/subscriptions", asking())
    sim.company.tenants[0].apps[APP].allowed_mailboxes = set()
    sim.person("aquarium@harbour.test").create_event("Hidden", START)
    sim.advance(MINUTE)

    assert (bell.notices, bell.lifecycle) == ([], ["reauthorizationRequired"])


def reset(sim, oid):
    sim.company.tenants[0].accounts[oid] = Account(valid_from=sim.clock.now() + MINUTE)


def disabled(sim, oid):
    sim.company.tenants[0].mailboxes[oid].account_enabled = False


def deleted(sim, oid):
    sim.company.tenants[0].accounts[oid] = Account(is_deleted=True)


def unlicensed(sim, oid):
    sim.company.tenants[0].mailboxes[oid].has_mailbox = False


@pytest.mark.fact("lifecycle-removed")
@pytest.mark.parametrize("what", [reset, disabled, deleted, unlicensed])
@pytest.mark.parametrize("is_told", [True, False])
def test_what_ends_adas_trust_ends_her_subscription(graph, sim, bell, ada, what, is_told):
    sim.switch("removal_is_told", value=is_told)
    graph.post("/subscriptions", asking(resource="/me/events"))
    person = sim.person("ada@harbour.test")
    what(sim, ada)
    person.create_event("Afterwards", START)
    sim.advance(MINUTE)

    assert (bell.notices, bell.lifecycle) == ([], ["subscriptionRemoved"] if is_told else [])
    assert sim.notices.subscriptions == {}


def test_a_password_reset_does_not_touch_what_an_app_made_by_itself(graph, sim, bell):
    graph.post("/subscriptions", asking(resource=f"{ADA}/events"))
    person = sim.person("ada@harbour.test")
    reset(sim, person.mailbox.oid)
    person.create_event("Afterwards", START)
    sim.advance(MINUTE)

    assert (len(bell.notices), bell.lifecycle) == (1, [])
