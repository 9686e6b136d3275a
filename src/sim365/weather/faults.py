"""The faults by name, and when in a request's life each one strikes.

The numbers are those of the reliability page: F1 is a 429 with Retry-After, and so on.
"""

import enum


class Fault(enum.StrEnum):
    """One thing that can go wrong."""

    # Before the request does anything.
    THROTTLED = "throttled"
    """F1: 429 with Retry-After (parameter: seconds; default 10)."""
    THROTTLED_BARE = "throttled_bare"
    """F2: 429 without Retry-After."""
    THROTTLED_ODD = "throttled_odd"
    """F3: 429 whose Retry-After is the parameter, verbatim (a date, 0, negative, huge, garbage)."""
    GATEWAY_THROTTLED = "gateway_throttled"
    """429 TooManyRequests of the gateway."""
    UNAVAILABLE = "unavailable"
    """F4: 503 with Retry-After (parameter: seconds; default 5)."""
    UNAVAILABLE_BARE = "unavailable_bare"
    """F4: 503 without Retry-After."""
    INTERNAL_ERROR = "internal_error"
    """F5: 500."""
    CONNECT_REFUSED = "connect_refused"
    """No connection at all."""
    RESET_BEFORE = "reset_before"
    """F7: connection reset before the request was read."""
    TIMEOUT_BEFORE = "timeout_before"
    """No answer in time; nothing was done."""
    MAILBOX_MISSING = "mailbox_missing"
    """F29, F41: 404 MailboxNotEnabledForRESTAPI."""
    ACCESS_WITHDRAWN = "access_withdrawn"
    """F37, F40: 403 ErrorAccessDenied."""
    TOKEN_REFUSED = "token_refused"  # noqa: S105  the name of a fault
    """F35: 401 although the token is good."""
    # After the request was carried out.
    BAD_GATEWAY = "bad_gateway"
    """F6: 502 after the commit."""
    GATEWAY_TIMEOUT = "gateway_timeout"
    """F6: 504 after the commit."""
    RESET_AFTER = "reset_after"
    """F8: connection reset after the commit."""
    TIMEOUT_AFTER = "timeout_after"
    """No answer in time; it was done."""
    TIMEOUT_LATE = "timeout_late"
    """F9: no answer in time; it is done later (parameter: seconds; default 30)."""
    TRUNCATED = "truncated"
    """F11: the connection closes in the middle of the body."""
    CUT_JSON = "cut_json"
    """F11: 200 with half the JSON."""
    HTML_PAGE = "html_page"
    """F12: 200 with an HTML page."""
    OTHER_SHAPE = "other_shape"
    """F12: 200 with valid JSON that is nothing of Graph's."""
    UNKNOWN_SHAPE = "unknown_shape"
    """F13: new properties and unknown enumeration members in every event."""
    FIELDS_MISSING = "fields_missing"
    """F13: optional properties are absent from every event."""
    FIELDS_NULL = "fields_null"
    """F13: optional properties of every event are null."""
    SLOW_ANSWER = "slow_answer"
    """F10: the answer begins late (parameter: seconds; default 30)."""
    SLOW_BODY = "slow_body"
    """F10: the answer's body comes byte by byte (parameter: seconds between two; default 1)."""
    # Acted out by the operation itself.
    RETENTION = "retention"
    """F31: before the request, what ended long ago is purged from the mailbox (parameter: days; default 365)."""
    STALE_READ = "stale_read"
    """F23: the answer to a write, and reads for a while (parameter: seconds; default 60), show the version before."""
    READ_LAGS = "read_lags"
    """A new event is nowhere to be read for a while (parameter: seconds; default 30); FACTS 11, quirk 13."""
    EMPTY_LIST = "empty_list"
    """F26: a listing is empty although the calendar is not."""
    ENDLESS_PAGES = "endless_pages"
    """F14: the page again, with ever new nextLinks (parameter "same": with one that leads to itself)."""
    EMPTY_PAGE = "empty_page"
    """F14: an empty page with a nextLink, then the real one."""
    PAGE_LOST = "page_lost"
    """F16: the items of one delta page never come."""
    PAGE_REPEATED = "page_repeated"
    """F17: items come twice within a page."""
    ITEM_AGAIN = "item_again"
    """F17: the last item of a page comes once more, with the page or round that follows."""
    CHANGE_LATE = "change_late"
    """F16: the latest change is missing from a delta round and comes with the round after it."""
    REMOVALS_LOST = "removals_lost"
    """F16: the removals of a delta page never come."""
    PAGE_SHUFFLED = "page_shuffled"
    """F18: the items of a page in any order."""
    UNKNOWN_REMOVED = "unknown_removed"
    """F19: a removal of an id never seen (parameter: the reason; default deleted)."""
    GONE = "gone"
    """F15, F20: 410 SyncStateNotFound (parameter: another code, such as ResyncRequired)."""
    GONE_WITH_LOCATION = "gone_with_location"
    """F20: the same with a Location."""
    TOKEN_INVALID = "token_invalid"  # noqa: S105  the name of a fault
    """F21: 400 on a delta token that was good (parameter: another code)."""
    CHANGE_KEY_RACE = "change_key_race"
    """412 without a stale If-Match (FACTS 3.4)."""
    ANSWER_MISSING = "answer_missing"
    """F22: one answer of a batch is missing."""
    ANSWERS_SHUFFLED = "answers_shuffled"
    """F22: the answers of a batch in any order."""
    SUBSCRIPTION_GONE = "subscription_gone"
    """F55: the subscription that the request names is silently gone."""
    HANDSHAKE_ODD = "handshake_odd"
    """The token of a handshake holds signs that need decoding once (FACTS 11, quirk 19)."""
    # Notices.
    NOTICE_LOST = "notice_lost"
    """F46: never delivered."""
    NOTICE_LATE = "notice_late"
    """F49, F50: delivered late (parameter: seconds; default 180)."""
    NOTICE_DOUBLED = "notice_doubled"
    """F47: delivered several times (parameter: how often; default 2)."""
    NOTICE_SHUFFLED = "notice_shuffled"
    """F48: delivered after later ones."""
    NOTICE_WRONG_STATE = "notice_wrong_state"
    """F52: with another clientState."""
    NOTICE_UNKNOWN = "notice_unknown"
    """F51: for a subscription that nobody made."""
    NOTICE_PHANTOM = "notice_phantom"
    """F56: besides the notice, one of an event that never was."""


BEFORE = frozenset(
    {
        Fault.THROTTLED, Fault.THROTTLED_BARE, Fault.THROTTLED_ODD, Fault.GATEWAY_THROTTLED, Fault.UNAVAILABLE,
        Fault.UNAVAILABLE_BARE, Fault.INTERNAL_ERROR, Fault.CONNECT_REFUSED, Fault.RESET_BEFORE, Fault.TIMEOUT_BEFORE,
        Fault.MAILBOX_MISSING, Fault.ACCESS_WITHDRAWN, Fault.TOKEN_REFUSED, Fault.TIMEOUT_LATE,
    }
)  # fmt: skip
"""They end the request before it does anything."""
AFTER = frozenset(
    {
        Fault.BAD_GATEWAY, Fault.GATEWAY_TIMEOUT, Fault.RESET_AFTER, Fault.TIMEOUT_AFTER, Fault.TRUNCATED,
        Fault.CUT_JSON, Fault.HTML_PAGE, Fault.OTHER_SHAPE, Fault.UNKNOWN_SHAPE, Fault.FIELDS_MISSING,
        Fault.FIELDS_NULL, Fault.SLOW_ANSWER, Fault.SLOW_BODY,
    }
)  # fmt: skip
"""They spoil the answer after the request was carried out."""
NOTICES = frozenset(
    {
        Fault.NOTICE_LOST, Fault.NOTICE_LATE, Fault.NOTICE_DOUBLED, Fault.NOTICE_SHUFFLED, Fault.NOTICE_WRONG_STATE,
        Fault.NOTICE_UNKNOWN, Fault.NOTICE_PHANTOM,
    }
)  # fmt: skip
INSIDE = frozenset(Fault) - BEFORE - AFTER - NOTICES
"""The operation itself acts them out."""
