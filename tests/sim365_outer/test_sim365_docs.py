"""docs/sim365.md says what is so: its company file is read, its options exist, its Python runs, its gaps answer 501."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from werkzeug.test import Client

from sim365.cli.commands import main
from sim365.company import read_company, sample_company
from sim365.simulator import Simulator
from tests.sim365_outer.fjord import TENANT_ID, simulator

DOCS = Path(__file__).parents[2] / "docs" / "sim365.md"


def block(language: str, holding: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
    return next(text for text in blocks if holding in text)


def test_the_company_file_shown_is_one():
    described = read_company(block("yaml", "company:"))

    assert len(described.company.tenants[0].mailboxes) == 5
    assert len(described.events) == 3


def test_every_option_of_serve_is_explained():
    documented = set(re.findall(r"^\| `(--[a-z-]+)", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE))
    options = {option for parameter in main.commands["serve"].params for option in parameter.opts}

    assert documented == options


def test_the_python_of_a_test_without_sockets_runs():
    names: dict[str, object] = {}
    exec(block("python", "SimTransport"), names)
    client, sim = names["client"], names["simulator"]
    assert isinstance(client, httpx.Client)
    assert isinstance(sim, Simulator)

    with client:
        tenant = sim.company.tenants[0].tenant_id
        form = {
            "grant_type": "client_credentials",
            "client_id": "5ca1ab1e-0365-4a11-8d0c-c0ffee000365",
            "client_secret": "fjord-sample-secret",
            "scope": "https://graph.microsoft.com/.default",
        }
        token = client.post(f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token", data=form).json()[
            "access_token"
        ]
        rooms = client.get(
            "https://graph.microsoft.com/v1.0/places/microsoft.graph.room", headers={"Authorization": f"Bearer {token}"}
        ).json()["value"]

    assert len(rooms) == 12


def test_it_admits_that_nobody_has_checked_it_against_microsoft():
    assert "Last checked against Microsoft: never" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["oauth2/authorize", "oauth2/token", ".well-known/openid-configuration"])
def test_the_gaps_of_the_login_host_answer_501(path):
    assert Client(simulator().identity.wsgi).get(f"/{TENANT_ID}/{path}").status_code == 501


def test_the_situations_shown_are_calls():
    sim = Simulator(sample_company(7).company, seed=7)

    exec(block("python", "admin.expire_secret"), {"simulator": sim})

    assert sim.company.sign_ins.troubles == [90033] * 3
