"""The reference is written from what is served, and no operation is without words and examples."""

from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


def whole() -> str:
    from holdfast.api import urls  # noqa: F401
    from holdfast.api.reference import markdown

    return markdown()


def test_the_reference_says_what_is_served():
    assert REFERENCE.read_text() == whole(), "run: python -m holdfast.api > docs/reference/api.md"


def test_every_problem_has_a_remedy_and_a_status():
    from holdfast.api.problems import KINDS

    assert all(kind.remedy and kind.title and 400 <= kind.status < 600 for kind in KINDS.values())


def test_every_code_raised_is_in_the_table():
    import re

    from holdfast.api.problems import KINDS

    sources = (Path(__file__).parents[2] / "src" / "holdfast" / "api").glob("*.py")
    raised = {code for source in sources for code in re.findall(r'Problem\("(\w+)"', source.read_text())}
    assert raised <= set(KINDS)


@pytest.mark.database
def test_the_description_is_served_with_examples(cast):
    from django.test import Client

    told = Client().get("/api/v1/openapi.json").json()
    assert told["components"]["schemas"]["NewBooking"]["properties"]["start"]["examples"]
    assert told["paths"]["/api/v1/bookings"]["post"]["summary"]
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    assert b"https://" not in page.content
