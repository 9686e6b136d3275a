"""Every fault of the reliability page is somebody's: weather by name, a switch, a hand that does it, or the client's own.

The numbers are F1 to F100. What the service side can cause must exist here under the name that the table gives.
"""

import importlib
import re
from dataclasses import fields
from pathlib import Path

import pytest

from sim365.switches import Switches
from sim365.weather import Fault, faults

NOT_OURS = "client side, not ours"
HANDS = "sim365.outlook:Person"
WHOLE = "sim365.simulator:Simulator"
DIRECTORY = "sim365.directory.hand:DirectoryHand"
IDENTITY = "sim365.identity.admin"
APPS = "sim365.identity.app_admin"

TABLE = {
    1: "throttled", 2: "throttled_bare", 3: "throttled_odd", 4: "unavailable unavailable_bare", 5: "internal_error",
    6: "bad_gateway gateway_timeout", 7: "reset_before", 8: "reset_after", 9: "timeout_late",
    10: "slow_answer slow_body", 11: "truncated cut_json", 12: "html_page other_shape",
    13: "unknown_shape fields_missing fields_null", 14: "endless_pages empty_page", 15: "gone",
    16: "page_lost change_late removals_lost", 17: "page_repeated item_again", 18: "page_shuffled",
    19: "unknown_removed", 20: "gone gone_with_location", 21: "token_invalid",
    22: "answer_missing answers_shuffled throttled", 23: "stale_read",
    24: f"{HANDS}.empty_calendar", 25: f"{HANDS}.delete_calendar", 26: "empty_list", 27: NOT_OURS,
    28: "sim365.state:UserPurpose.SHARED", 29: f"mailbox_missing {DIRECTORY}.delete",
    30: f"{DIRECTORY}.restore {WHOLE}.migrate", 31: "retention", 32: f"{HANDS}.move_to_calendar",
    33: f"{HANDS}.create_event {HANDS}.delete_event", 34: f"{WHOLE}.migrate", 35: "token_refused",
    36: f"{IDENTITY}:IdentityAdmin.revoke_sessions", 37: "access_withdrawn", 38: f"{IDENTITY}:IdentityAdmin.require",
    39: f"{APPS}:AppAdmin.expire_secret", 40: "access_withdrawn", 41: f"mailbox_missing {DIRECTORY}.take_licence",
    42: "sim365.state.sign_ins:Demand.TENANT_BLOCK", 43: "sim365.identity.outages:outage", 44: f"{WHOLE}.rename",
    45: "sim365.state:Mailbox.is_hidden", 46: "notice_lost", 47: "notice_doubled", 48: "notice_shuffled",
    49: "notice_late", 50: "notice_late", 51: "notice_unknown", 52: "notice_wrong_state", 53: "notice_doubled",
    54: "switch:endpoint_rules_of_2023 switch:endpoint_judged_after", 55: "subscription_gone",
    56: f"{WHOLE}.lifecycle notice_phantom", 57: "switch:renewal_shakes_hands",
    58: "switch:duplicate_subscription_conflict", 59: NOT_OURS, 60: NOT_OURS, 61: f"{HANDS}.create_event",
    62: f"{HANDS}.create_event", 63: f"{HANDS}.create_event",
    **dict.fromkeys(range(64, 86), NOT_OURS),
    86: f"{HANDS}.edit_event", 87: f"{HANDS}.delete_event", 88: f"{HANDS}.edit_following", 89: f"{HANDS}.respond",
    90: NOT_OURS, 91: NOT_OURS, 92: f"{HANDS}.create_event", 93: f"{HANDS}.create_event", 94: NOT_OURS, 95: NOT_OURS,
    96: f"{HANDS}.move_to_calendar", 97: NOT_OURS, 98: NOT_OURS, 99: NOT_OURS, 100: "throttled_bare connect_refused",
}  # fmt: skip


def test_every_number_has_an_owner():
    assert sorted(TABLE) == list(range(1, 101))


@pytest.mark.parametrize("number", [number for number, owner in TABLE.items() if owner != NOT_OURS])
def test_what_the_service_side_can_cause_exists(number):
    for owner in TABLE[number].split():
        module, _, path = owner.partition(":")
        if module == "switch":
            assert path in {field.name for field in fields(Switches)}
        elif path:
            found = importlib.import_module(module)
            for name in path.split("."):
                found = getattr(found, name)
        else:
            assert Fault(owner)


def test_a_fault_that_names_a_number_stands_in_its_row():
    """The docstring under each member names the numbers it acts out."""
    source = Path(faults.__file__).read_text(encoding="utf-8")
    named = re.findall(r'= "(\w+)".*\n    """((?:F\d+(?:, )?)+):', source)

    assert len(named) > 35
    for fault, numbers in named:
        for number in re.findall(r"F(\d+)", numbers):
            assert fault in TABLE[int(number)].split(), f"{fault} is not in row F{number}"
