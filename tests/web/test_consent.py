"""Before anybody registers an application, the page says what it will ask for and why."""

from html import unescape

import pytest

from holdfast.mirror import connections
from tests.cast import Cast

pytestmark = pytest.mark.database


@pytest.mark.rule("S008", "S009", "S010", "S012")
def test_the_sync_page_lists_each_permission_with_its_name_and_its_use(cast: Cast, visitor) -> None:
    """S008, S009, S010, S012."""
    page = unescape(visitor("Ada").get("/sync").content.decode())
    for one in connections.PERMISSIONS:
        assert one.scope in page
        assert one.name in page
        assert one.why in page
