"""The situations of the login host from outside: `POST /_sim/identity/{order}`, and the company file."""

from __future__ import annotations

import inspect

import pytest
from werkzeug.test import Client

from sim365.company import CompanyFileError, read_company
from sim365.control import ControlApp
from sim365.control.identity_orders import ORDERS
from sim365.identity.admin import IdentityAdmin
from sim365.state.sign_ins import Demand, PasswordState
from sim365.state.tenants import EVERYBODY
from tests.sim365_outer.two_companies import BEN, FJORD, WEB, refresh, simulated, tokens_for


def order(sim, name: str, /, **body):
    return Client(ControlApp(sim)).post(f"/_sim/identity/{name}", json=body)


@pytest.mark.parametrize("name", sorted(ORDERS))
def test_every_order_is_a_call_with_these_settings(name):
    """The table that is shown to clients says what the methods take."""
    needed, _, optional = ORDERS[name].partition("|")
    method = getattr(IdentityAdmin, name.replace("-", "_"))
    parameters = [one for one in inspect.signature(method).parameters.values() if one.name != "self"]

    assert {*needed.split(), *optional.split()} == {one.name for one in parameters}
    assert set(needed.split()) == {one.name for one in parameters if one.default is inspect.Parameter.empty}


def test_a_revocation_by_order_ends_refresh_tokens():
    sim = simulated()
    held = tokens_for(sim)["refresh_token"]

    assert order(sim, "revoke-sessions", user=BEN).status_code == 200
    assert refresh(sim, held).json["error_codes"] == [50173]


def test_a_policy_set_by_order_answers_its_id():
    sim = simulated()

    policy = order(sim, "require", demand="block", people=[BEN], apps=["Holdfast"], tenant="fjord.example").json["done"]

    assert sim.company.tenants[0].sign_in_policies[policy].people == {"ben-0"}


def test_mailboxes_are_restricted_by_order():
    sim = simulated()

    made = order(sim, "restrict", app=WEB, mailboxes=["aquarium@fjord.example"], right="DenyAccess", tenant=FJORD).json
    assert made["right"] == "DenyAccess"
    assert order(sim, "remove-restriction", identity=made["identity"], tenant=FJORD).status_code == 200
    role = order(sim, "assign-role", app=WEB, role="Calendars.Read", purposes=["room"], tenant=FJORD).json
    assert order(sim, "remove-role", name=role["name"], tenant=FJORD).status_code == 200


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("dance", {}, 404),
        ("expire-secret", {}, 400),
        ("expire-secret", {"app": "Nobody"}, 404),
        ("expire-secret", {"app": "Holdfast", "colour": "red"}, 400),
        ("disable-account", {"user": "nobody@fjord.example"}, 404),
        ("require", {"demand": "dancing", "tenant": FJORD}, 400),
        ("trouble", {"number": 1}, 404),
        ("consent", {"app": "Holdfast", "scopes": ["Calendars.Reed"]}, 404),
        ("restrict", {"app": WEB, "mailboxes": ["nobody"], "tenant": FJORD}, 404),
        ("set-password-state", {"user": BEN, "state": "odd"}, 400),
    ],
)
def test_an_order_that_makes_no_sense_is_told_so(name, body, status):
    answer = order(simulated(), name, **body)

    assert (answer.status_code, bool(answer.json["error"])) == (status, True)


FILE = """
company: {name: Quay, domain: quay.example}
people:
  - {name: Ada, password: written-down, second_factor: true}
  - {name: Ben, password_state: mustChange}
apps:
  - name: Holdfast
    permissions: [Calendars.ReadWrite]
    delegated: [User.Read, Calendars.Read]
    redirect_uris: ["http://localhost"]
    public: true
    multi_tenant: true
    assigned: [Ada]
  - {name: Wall, delegated: [User.Read], consented: false, spa_redirect_uris: [https://wall.example/], risky: true}
sign_in_policies:
  - {demand: mfa, people: [Ada], apps: [Wall], hours: 12}
  - {demand: block, binds_apps: true}
"""


def test_the_company_file_says_how_people_and_apps_sign_in():
    (quay,) = read_company(FILE).company.tenants
    ada, ben = quay.find("ada@quay.example"), quay.find("ben@quay.example")
    holdfast, wall = quay.apps.values()
    first, second = quay.sign_in_policies.values()

    assert (ada.password, quay.accounts[ada.oid].has_second_factor) == ("written-down", True)
    assert quay.accounts[ben.oid].password_state is PasswordState.MUST_CHANGE
    assert holdfast.consents[EVERYBODY] >= {"User.Read", "Calendars.Read", "openid"}
    assert (holdfast.allows_public, holdfast.multi_tenant, holdfast.assigned) == (True, True, {ada.oid})
    assert (wall.consents, wall.is_risky, wall.spa_redirect_uris) == ({}, True, ["https://wall.example/"])
    assert (first.demand, first.people, first.apps, first.hours) == (Demand.MFA, {ada.oid}, {wall.app_id}, 12.0)
    assert (second.demand, second.binds_apps) == (Demand.BLOCK, True)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("demand: block", "demand: blok"),
        ("delegated: [User.Read]", "delegated: [User.Reed]"),
        ("apps: [Wall]", "apps: [Door]"),
        ("people: [Ada]", "people: [Adda]"),
        ("password_state: mustChange", "password_state: odd"),
    ],
)
def test_a_wrong_word_in_the_company_file_is_named_with_its_line(change, problem):
    with pytest.raises(CompanyFileError, match="line"):
        read_company(FILE.replace(change, problem))
