"""Every number that bounds a conversation with Microsoft Graph, with where it comes from.

Decides nothing else. A limit that is ours says why it has its size; one of Microsoft's names the page it stands on.
"""

from datetime import timedelta

# --- one request -------------------------------------------------------------------------------------------------

DEADLINE_S = 30.0
"""Ours: from asking for a slot to the last byte, waits and repetitions included; a third of the mailbox's lease."""

CONNECT_S_MAX = 10.0
"""Ours: a handshake that takes longer belongs to a broken route, and nothing has been sent yet."""

READ_ATTEMPTS_MAX = 3
"""Ours: how often a request that changes nothing is sent before the caller hears of the failure."""

BACK_OFF_S = 0.5
"""Ours: the wait before the second attempt of a read; doubles, plus jitter."""

ANSWER_BYTES_MAX = 64 * 1024 * 1024
"""Ours: a page that holds a long series may have thousands of items of 3-4 KB, whatever page size was asked for."""

ERROR_BYTES_MAX = 256 * 1024
"""Ours: how much of an error's body is read; what follows can no longer change its class."""

MESSAGE_CHARS_MAX = 500
"""Ours: how much of Microsoft's error text is kept."""

LINK_CHARS_MAX = 32 * 1024
"""Ours: a nextLink or deltaLink longer than this is not stored; those seen have a few hundred characters."""

ID_CHARS_MAX = 2048
"""Ours: ids of the service have 50-250 characters; a longer one would only break a request line."""

CONNECTIONS_MAX = 64
"""Ours: connections one process holds open to Graph."""

CONNECTION_IDLE_S_MAX = 60.0
"""Ours: an idle connection is closed by us before a proxy in between forgets it."""

# --- pace (throttling limits of the Outlook service; learn: "Microsoft Graph service-specific throttling limits") --

MAILBOX_IN_FLIGHT_MAX = 4
"""Four concurrent requests per application and mailbox."""

DIRECTORY_IN_FLIGHT_MAX = 16
"""Ours: users, places and subscriptions have budgets per tenant, far above what this many threads can use."""

RETRY_AFTER_S_MAX = 3600.0
"""Ours: a longer wait than this is a mistake of the sender; asking once an hour costs nothing."""

THROTTLE_BACK_OFF_S = 1.0
THROTTLE_BACK_OFF_S_MAX = 120.0
"""Ours: without a usable Retry-After the wait starts at the first and doubles up to the second."""

PACES_MAX = 20_000
"""Ours: paces kept in memory; idle ones are forgotten beyond it, oldest first."""

# --- tokens ------------------------------------------------------------------------------------------------------

TOKEN_EARLY_S = 300.0
"""Ours: a token is replaced five minutes before it ends, so that no request starts on one that dies on the way."""

TOKEN_LIFE_S_MAX = 28 * 3600.0
"""The longest life the identity platform gives (continuous access evaluation); a longer promise is not believed."""

SIGN_IN_S_MAX = 20.0
SIGN_IN_BYTES_MAX = 1024 * 1024
SIGN_IN_PAUSE_S = 5.0
"""Ours: after a failed sign-in the next one waits at least this long, or as long as Retry-After says."""

# --- pages -------------------------------------------------------------------------------------------------------

VIEW_DAYS_MAX = 1825
"""The longest span of a calendarView; a longer one is refused with ErrorInvalidRequest."""

VIEW_PAGE_SIZE = 1000
"""The largest $top the event collections take."""

DELTA_PAGE_SIZE = 200
"""Ours: about 0.8 MB a page; Microsoft takes it as a hint and never splits a series."""

USERS_PAGE_SIZE = 999
PLACES_PAGE_SIZE = 100
"""The largest $top of /users, and of rooms, room lists and workspaces."""

PAGES_MAX = 10_000
"""Ours: a collection or a delta round of more pages than this is taken for an endless one."""

EMPTY_PAGES_MAX = 50
"""Ours: empty pages in a row; the service really sends several before a deltaLink."""

REPEATED_PAGES_MAX = 2
"""Ours: how often the very same set of versions may come back within one round before it is called a loop."""

# --- batches, subscriptions, notices -----------------------------------------------------------------------------

BATCH_ITEMS_MAX = 20
"""Requests in one $batch (learn: "Combine multiple HTTP requests using JSON batching")."""

SUBSCRIPTION_LIFE_MAX = timedelta(minutes=10_080)
SUBSCRIPTION_LIFE_MIN = timedelta(minutes=45)
"""Life of an Outlook subscription without resource data; a shorter one is raised to the minimum by the service."""

CLIENT_STATE_CHARS_MAX = 128
"""Length of a subscription's clientState."""

NOTICES_BYTES_MAX = 4 * 1024 * 1024
NOTICES_MAX = 5_000
"""Ours: one POST of notices; a burst is split by the service long before either."""
