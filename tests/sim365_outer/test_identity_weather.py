"""The login host has outages of its own, and no input breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from werkzeug.test import Client

from sim365.company import CompanyFileError, read_company
from sim365.state import TokenRefused
from tests.sim365_outer.fjord import START, TENANT_ID, client_credentials, post_token, simulator

TOKEN_PATH = "/oauth2/v2.0/token"
LOGIN = simulator()


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        ("unavailable", 503, "5"),
        ("unavailable_bare", 503, None),
        ("throttled", 429, "10"),
        ("internal_error", 500, None),
        ("bad_gateway", 502, None),
        ("timeout_before", 504, None),
    ],
)
def test_an_outage_of_the_token_endpoint_passes(fault, status, retry_after):
    sim = simulator()
    sim.weather.next(fault, path=TOKEN_PATH)

    during, after = (post_token(sim, client_credentials()) for _ in range(2))

    assert (during.status_code, during.headers.get("Retry-After")) == (status, retry_after)
    assert after.status_code == 200


def test_weather_without_a_path_is_graphs_alone():
    sim = simulator()
    rule = sim.weather.next("unavailable")

    assert post_token(sim, client_credentials()).status_code == 200
    assert rule.times == 1


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    form=st.dictionaries(
        st.sampled_from(
            ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "x"]
        ),
        st.text(max_size=40),
    ),
    header=st.one_of(st.none(), st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40)),
    tenant=st.one_of(
        st.just(TENANT_ID),
        st.just("common"),
        st.text(
            st.characters(codec="utf-8", exclude_characters="/?#", exclude_categories=["Cc", "Cs"]),
            min_size=1,
            max_size=20,
        ),
    ),
)
def test_no_token_request_breaks_the_login_host(form, header, tenant):
    headers = {} if header is None else {"Authorization": header}
    answer = Client(LOGIN.identity.wsgi).post(f"/{tenant}{TOKEN_PATH}", data=form, headers=headers)

    assert answer.status_code in {400, 401, 404, 501} or answer.json["token_type"] == "Bearer"


@hypothesis_settings(max_examples=80, deadline=None)
@given(
    token=st.one_of(
        st.text(max_size=60),
        st.from_regex(r"[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}", fullmatch=True),
    )
)
def test_no_bearer_token_breaks_graph(token):
    with pytest.raises(TokenRefused):
        LOGIN.identity.principal_of(f"Bearer {token}", START)


@hypothesis_settings(max_examples=80, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=200),
        st.recursive(
            st.sampled_from(["company", "people", "a", "1", "true", "~"]),
            lambda inner: st.one_of(
                inner.map(lambda one: f"[{one}]"), st.tuples(inner, inner).map(lambda pair: f"{{{pair[0]}: {pair[1]}}}")
            ),
            max_leaves=12,
        ),
    )
)
def test_no_company_file_breaks_the_reader(text):
    with pytest.raises(CompanyFileError):
        read_company(text)


@pytest.mark.parametrize("text", ["[" * 20_000, "company: " + "{a: " * 5_000, "people: " + "- " * 5_000])
def test_a_company_file_that_is_nested_too_deeply_is_refused(text):
    with pytest.raises(CompanyFileError, match=r"nested too deeply|not YAML"):
        read_company(text)


def test_a_file_with_very_many_problems_lists_the_first_and_counts_the_rest():
    text = "company: {name: Quay, domain: quay.example}\npeople:\n" + "  - {adress: x}\n" * 500

    with pytest.raises(CompanyFileError) as refused:
        read_company(text)

    assert len(refused.value.problems) == 1000
    assert str(refused.value).endswith("… and 940 more")
