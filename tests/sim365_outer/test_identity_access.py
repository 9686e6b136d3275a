"""What a token opens at Graph: delegated permissions, revocation, and the mailboxes an app may reach (FACTS 1.8 to 1.10)."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta

import httpx
import pytest

from sim365.errors import SimulatorError
from sim365.identity.app_access import AppAccess
from sim365.state.app_access import AccessRight, MailboxScope
from sim365.state.tenants import RoomList
from sim365.transport import SimTransport
from tests.sim365_outer.two_companies import (
    BEN,
    FJORD,
    PHONE,
    SECRET,
    WEB,
    code_for,
    later,
    post,
    redemption,
    refresh,
    simulated,
    tokens_for,
)

ROOM, ADAS = "aquarium-0", "ada-0"
CP1 = '{"access_token": {"xms_cc": {"values": ["cp1"]}}}'


class Graph:
    """A client with one token."""

    def __init__(self, sim, token: str):
        self._client = httpx.Client(transport=SimTransport(sim), headers={"Authorization": f"Bearer {token}"})

    def __call__(self, path: str, method: str = "GET", **body) -> httpx.Response:
        url = f"https://graph.microsoft.com{path if path.startswith('/oidc') else '/v1.0' + path}"
        return self._client.request(method, url, json=body or None)

    def status(self, path: str, method: str = "GET", **body) -> tuple[int, str]:
        answer = self(path, method, **body)
        return answer.status_code, answer.json()["error"]["code"] if answer.status_code >= 400 else ""


def person(sim, *scopes: str) -> Graph:
    """Ben's client with just these permissions."""
    app = sim.identity.admin.app("Holdfast")
    app.consents.clear()
    sim.identity.admin.consent("Holdfast", *scopes, user=BEN)
    return Graph(sim, post(sim, redemption(code_for(sim, scope=" ".join(("openid", *scopes))))).json["access_token"])


def app_alone(sim, *permissions: str, **changes: str) -> Graph:
    sim.identity.admin.app("Holdfast").permissions = set(permissions)
    form = {
        "grant_type": "client_credentials",
        "client_id": WEB,
        "client_secret": SECRET,
        "scope": "https://graph.microsoft.com/.default",
    }
    return Graph(sim, post(sim, form | changes).json["access_token"])


MEETING = {
    "subject": "Lookout",
    "start": {"dateTime": "2026-03-03T09:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"},
}
DENIED, UNPRIVILEGED, FINE = (403, "ErrorAccessDenied"), (403, "Authorization_RequestDenied"), (200, "")


@pytest.mark.fact("delegated-scopes")
@pytest.mark.parametrize(
    ("scope", "path", "outcome"),
    [
        ("User.Read", "/me", FINE),
        ("User.Read", "/users/ben-0", FINE),
        ("User.Read", "/users/ada-0", UNPRIVILEGED),
        ("User.Read", "/users", UNPRIVILEGED),
        ("User.ReadBasic.All", "/users", FINE),
        ("User.ReadBasic.All", "/users/ada-0", FINE),
        ("Calendars.ReadWrite", "/users", UNPRIVILEGED),
        ("Calendars.Read", "/me/events", FINE),
        ("Calendars.ReadBasic", "/me/calendar", FINE),
        ("Calendars.Read.Shared", "/me/events", FINE),
        ("User.Read", "/me/events", DENIED),
        ("Calendars.Read", "/users/ada-0/events", DENIED),
        ("Calendars.Read", "/me/mailboxSettings", DENIED),
        ("MailboxSettings.Read", "/me/mailboxSettings", FINE),
        ("User.Read", "/places/microsoft.graph.room", UNPRIVILEGED),
    ],
)
def test_each_operation_needs_its_delegated_permission(scope, path, outcome):
    assert person(simulated(), scope).status(path) == outcome


def test_a_reader_writes_nothing_and_a_writer_does():
    sim = simulated()

    assert person(sim, "Calendars.Read").status("/me/events", "POST", **MEETING) == DENIED
    assert person(sim, "Calendars.ReadWrite").status("/me/events", "POST", **MEETING) == (201, "")


def test_me_is_the_person_of_the_token():
    sim = simulated()

    assert person(sim, "User.Read")("/me").json()["userPrincipalName"] == BEN
    assert app_alone(sim, "User.Read.All").status("/me") == (400, "BadRequest")


def test_a_subscription_takes_no_permission_to_shared_calendars():
    sim = simulated(loopback_webhooks=True)
    wanted = {
        "changeType": "created",
        "resource": "/me/events",
        "notificationUrl": "http://127.0.0.1:9/",
        "expirationDateTime": "2026-03-03T00:00:00Z",
    }

    assert person(sim, "Calendars.Read.Shared").status("/subscriptions", "POST", **wanted) == DENIED


@pytest.mark.fact("userinfo")
def test_userinfo_tells_who_it_is_as_far_as_the_scopes_go():
    sim = simulated()

    assert set(person(sim, "User.Read")("/oidc/userinfo").json()) == {"sub"}
    sim.identity.admin.consent("Holdfast", "User.Read", user=BEN)
    whole = Graph(
        sim, post(sim, redemption(code_for(sim, scope="openid profile email User.Read"))).json["access_token"]
    )
    assert whole("/oidc/userinfo").json()["name"] == "Ben"
    assert whole("/oidc/userinfo").json()["email"] == BEN
    assert app_alone(sim).status("/oidc/userinfo") == (400, "BadRequest")


# ---------------------------------------------------------------- revocation
def revocable(sim) -> tuple[Graph, str]:
    sim.identity.admin.consent("Holdfast", "User.Read", user=BEN)
    tokens = post(sim, redemption(code_for(sim, scope="openid offline_access User.Read", claims=CP1))).json
    assert tokens["expires_in"] == 28 * 3600
    return Graph(sim, tokens["access_token"]), tokens["refresh_token"]


@pytest.mark.fact("revocable-tokens")
@pytest.mark.parametrize("order", ["revoke_sessions", "disable_account", "change_password", "delete_account"])
def test_a_token_of_a_client_that_can_be_challenged_ends_at_once(order):
    sim = simulated()
    graph, _ = revocable(sim)
    assert graph.status("/me") == FINE

    getattr(sim.identity.admin, order)(*([BEN, "another-password"] if order == "change_password" else [BEN]))
    refused = graph("/me")

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    challenge = refused.headers["WWW-Authenticate"]
    assert 'error="insufficient_claims"' in challenge
    told = json.loads(base64.b64decode(re.search(r'claims="([^"]+)"', challenge)[1]))
    assert told["access_token"]["nbf"]["essential"] is True


def test_after_a_new_password_a_web_app_refreshes_and_goes_on():
    sim = simulated()
    graph, held = revocable(sim)
    sim.identity.admin.change_password(BEN, "another-password")
    assert graph("/me").status_code == 401

    assert Graph(sim, refresh(sim, held).json["access_token"]).status("/me") == FINE


def test_a_token_of_any_other_client_stays_good_until_it_expires():
    sim = simulated()
    graph = Graph(sim, tokens_for(sim)["access_token"])
    sim.identity.admin.disable_account(BEN)
    assert graph.status("/me") == FINE

    later(sim, minutes=91)

    assert graph.status("/me") == (401, "InvalidAuthenticationToken")


def test_by_switch_no_token_is_revocable():
    sim = simulated(tokens_revocable=False)
    sim.identity.admin.consent("Holdfast", "User.Read", user=BEN)
    tokens = post(sim, redemption(code_for(sim, scope="openid User.Read", claims=CP1))).json
    sim.identity.admin.disable_account(BEN)

    assert tokens["expires_in"] <= 5400
    assert Graph(sim, tokens["access_token"]).status("/me") == FINE


def test_an_app_that_was_disabled_is_challenged_too():
    sim = simulated()
    graph = app_alone(sim, "Calendars.Read", claims=CP1)
    sim.identity.admin.disable_app("Holdfast")

    assert graph("/users/aquarium-0/events").status_code == 401


def test_a_refused_token_is_refused_however_often_it_was_good():
    """Verified tokens are remembered; what is remembered is never that they may pass."""
    sim = simulated()
    graph, _ = revocable(sim)
    for _ in range(3):
        assert graph.status("/me") == FINE
    saved = sim.snapshot()
    sim.identity.admin.revoke_sessions(BEN)
    assert [graph("/me").status_code for _ in range(3)] == [401] * 3

    sim.restore(saved)

    assert graph.status("/me") == FINE


# ---------------------------------------------------------------- apps and mailboxes
def at_once(**switches: float):
    return simulated(access_policy_delay_max_s=0.0, app_role_delay_min_s=0.0, app_role_delay_max_s=0.0, **switches)


def only(*oids: str) -> MailboxScope:
    return MailboxScope(mailboxes=frozenset(oids))


def events(graph: Graph, oid: str) -> int:
    return graph(f"/users/{oid}/events").status_code


@pytest.mark.fact("access-policy")
def test_a_restriction_confines_an_app_and_a_denial_beats_it():
    sim = at_once()
    graph, access = app_alone(sim, "Calendars.Read"), AppAccess(sim, tenant_id=FJORD)
    assert events(graph, ROOM) == events(graph, ADAS) == 200

    access.restrict(WEB, only(ROOM, "ben-0"))
    refused = graph(f"/users/{ADAS}/events")
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "ErrorAccessDenied"
    assert "[RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings" in refused.json()["error"]["message"]
    assert events(graph, ROOM) == 200

    access.restrict(WEB, only(ROOM), AccessRight.DENY)
    assert events(graph, ROOM) == 403
    assert events(graph, "ben-0") == 200


def test_a_policy_for_one_app_leaves_the_others_and_people_alone():
    sim = at_once()
    AppAccess(sim, tenant_id=FJORD).restrict(PHONE, only(ROOM))
    AppAccess(sim, tenant_id=FJORD).restrict(WEB, only(ROOM))

    assert person(sim, "Calendars.Read").status("/me/events") == FINE


def test_a_group_scope_follows_its_members_but_no_nested_group():
    sim = at_once()
    fjord = sim.company.tenants[0]
    inner = fjord.add_room_list(RoomList("inner@fjord.example", "Inner", "g-1", [BEN]))
    outer = fjord.add_room_list(
        RoomList("rooms@fjord.example", "Rooms", "g-2", ["aquarium@fjord.example", inner.address])
    )
    AppAccess(sim, tenant_id=FJORD).restrict(WEB, MailboxScope(group=outer.address))
    graph = app_alone(sim, "Calendars.Read")
    assert (events(graph, ROOM), events(graph, "ben-0")) == (200, 403)

    outer.members.append("ada@fjord.example")

    assert events(graph, ADAS) == 200


@pytest.mark.fact("access-policy-delay")
def test_a_policy_acts_on_graph_within_half_an_hour_and_its_test_knows_at_once():
    sim = simulated()
    graph, access = app_alone(sim, "Calendars.Read"), AppAccess(sim, tenant_id=FJORD)
    adas = sim.company.tenants[0].mailboxes[ADAS]
    policy = access.restrict(WEB, only(ROOM))

    assert access.test_restriction(WEB, adas) is False
    assert events(graph, ADAS) == 200
    later(sim, minutes=30)
    assert events(graph, ADAS) == 403
    access.remove_restriction(policy.identity)
    assert access.test_restriction(WEB, adas) is True
    assert access.restrictions() == []
    assert events(graph, ADAS) == 403
    later(sim, minutes=30)
    assert events(graph, ADAS) == 200


@pytest.mark.fact("access-policy-covers")
def test_a_policy_is_not_about_basic_reading():
    sim = at_once()
    AppAccess(sim, tenant_id=FJORD).restrict(WEB, only(ROOM))

    assert events(app_alone(sim, "Calendars.ReadBasic.All"), ADAS) == 200
    assert app_alone(sim, "MailboxSettings.Read").status(f"/users/{ADAS}/mailboxSettings") == DENIED


@pytest.mark.fact("app-roles")
def test_a_role_adds_its_mailboxes_and_restricts_nothing_that_was_consented():
    sim = at_once()
    access = AppAccess(sim, tenant_id=FJORD)
    given = access.assign_role(WEB, "Application Calendars.ReadWrite", scope=MailboxScope(purposes=frozenset({"room"})))
    graph = app_alone(sim)
    assert graph.status(f"/users/{ROOM}/events", "POST", **MEETING) == (201, "")
    refused = graph(f"/users/{ADAS}/events")
    assert refused.json()["error"]["message"] == "Access is denied. Check credentials and try again."

    assert events(app_alone(sim, "Calendars.Read"), ADAS) == 200
    assert access.test_roles(WEB, sim.company.tenants[0].mailboxes[ADAS]) == [(given, False)]
    access.remove_role(given.name)
    assert events(app_alone(sim), ROOM) == 403


def test_a_role_reaches_what_a_policy_keeps_from_the_consented_permission():
    sim = at_once()
    access = AppAccess(sim, tenant_id=FJORD)
    access.restrict(WEB, only(ROOM))
    access.assign_role(WEB, "Calendars.ReadWrite", scope=only(ADAS))

    graph = app_alone(sim, "Calendars.Read")

    assert (events(graph, ROOM), events(graph, ADAS), events(graph, "ben-0")) == (200, 200, 403)


def test_a_role_takes_half_an_hour_to_two_hours_to_act():
    sim = simulated()
    AppAccess(sim, tenant_id=FJORD).assign_role(WEB, "Calendars.Read")
    graph = app_alone(sim)

    sim.advance(timedelta(minutes=29))
    assert events(graph, ROOM) == 403
    sim.switch("token_lifetime_varies", value=False)
    sim.advance(timedelta(minutes=92))
    assert events(app_alone(sim), ROOM) == 200


def test_what_makes_no_sense_is_refused_with_a_sentence():
    access = AppAccess(simulated(), tenant_id=FJORD)

    with pytest.raises(SimulatorError, match="no application role"):
        access.assign_role(WEB, "Application Mail.Send")
    with pytest.raises(SimulatorError, match="no application access policy"):
        access.remove_restriction("none")
    with pytest.raises(SimulatorError, match="several tenants"):
        _ = AppAccess(simulated()).tenant


def test_rules_survive_a_snapshot_and_the_kept_state():
    from sim365.serving.state_file import bring_back, kept_bytes

    sim, other = at_once(), simulated()
    AppAccess(sim, tenant_id=FJORD).restrict(WEB, only(ROOM))
    AppAccess(sim, tenant_id=FJORD).assign_role(WEB, "Calendars.Read", scope=MailboxScope(purposes=frozenset({"room"})))
    bring_back(kept_bytes(sim), other, name="state")

    assert other.company.tenants[0].access_policies == sim.company.tenants[0].access_policies
    assert other.company.tenants[0].role_assignments == sim.company.tenants[0].role_assignments
