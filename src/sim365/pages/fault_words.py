"""The weather in words that an operator can choose from; a fault that is new here shows its own name."""

from __future__ import annotations

from sim365.weather import Fault

WORDS = {
    Fault.THROTTLED: "Throttled: 429 with Retry-After",
    Fault.THROTTLED_BARE: "Throttled: 429 without Retry-After",
    Fault.THROTTLED_ODD: "Throttled: 429 with an odd Retry-After",
    Fault.GATEWAY_THROTTLED: "Throttled by the gateway: 429 TooManyRequests",
    Fault.UNAVAILABLE: "Unavailable: 503 with Retry-After",
    Fault.UNAVAILABLE_BARE: "Unavailable: 503 without Retry-After",
    Fault.INTERNAL_ERROR: "Internal error: 500",
    Fault.CONNECT_REFUSED: "No connection at all",
    Fault.RESET_BEFORE: "Connection reset before anything was done",
    Fault.TIMEOUT_BEFORE: "No answer in time, and nothing was done",
    Fault.TIMEOUT_LATE: "No answer in time, and it is done later",
    Fault.MAILBOX_MISSING: "The mailbox is missing: 404",
    Fault.ACCESS_WITHDRAWN: "Access withdrawn: 403",
    Fault.TOKEN_REFUSED: "A good token refused: 401",
    Fault.BAD_GATEWAY: "Done, but answered 502",
    Fault.GATEWAY_TIMEOUT: "Done, but answered 504",
    Fault.RESET_AFTER: "Done, but the connection is reset",
    Fault.TIMEOUT_AFTER: "Done, but no answer in time",
    Fault.TRUNCATED: "The answer breaks off",
    Fault.CUT_JSON: "200 with half the JSON",
    Fault.HTML_PAGE: "200 with an HTML page",
    Fault.UNKNOWN_SHAPE: "Properties and values that nobody knows",
    Fault.STALE_READ: "Reads show the version before",
    Fault.EMPTY_LIST: "A list comes empty although it is not",
    Fault.ENDLESS_PAGES: "Pages that never end",
    Fault.EMPTY_PAGE: "An empty page before the real one",
    Fault.PAGE_LOST: "The items of a delta page never come",
    Fault.PAGE_REPEATED: "The items of a page come twice",
    Fault.ITEM_AGAIN: "The last item of a page comes again on the next",
    Fault.CHANGE_LATE: "The latest change comes a delta round late",
    Fault.REMOVALS_LOST: "The removals of a delta page never come",
    Fault.PAGE_SHUFFLED: "The items of a page in any order",
    Fault.UNKNOWN_REMOVED: "A removal of something never seen",
    Fault.GONE: "Sync state gone: 410",
    Fault.GONE_WITH_LOCATION: "Sync state gone: 410 with a Location",
    Fault.TOKEN_INVALID: "Delta token refused: 400",
    Fault.CHANGE_KEY_RACE: "412 without a stale If-Match",
    Fault.ANSWER_MISSING: "An answer of a batch is missing",
    Fault.ANSWERS_SHUFFLED: "The answers of a batch in any order",
    Fault.NOTICE_LOST: "Notices are lost",
    Fault.NOTICE_LATE: "Notices come late",
    Fault.NOTICE_DOUBLED: "Notices come twice",
    Fault.NOTICE_SHUFFLED: "Notices in any order",
    Fault.NOTICE_WRONG_STATE: "Notices with another clientState",
    Fault.SUBSCRIPTION_GONE: "The subscription is silently gone",
    Fault.HANDSHAKE_ODD: "A handshake with signs that need decoding",
    Fault.NOTICE_PHANTOM: "A notice of an event that never was, too",
    Fault.NOTICE_UNKNOWN: "Notices for an unknown subscription",
}


def words_of(fault: Fault) -> str:
    return WORDS.get(fault, fault.value.replace("_", " "))
