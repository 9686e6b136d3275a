"""What is modelled of throttling and of batches."""

from sim365.modelled import Behaviour, Gap

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "limit-concurrency",
        "8",
        "D",
        "An app has four requests at a time for one mailbox; a fifth answers 429 ApplicationThrottled.",
        "concurrency_per_mailbox",
    ),
    Behaviour(
        "limit-requests", "8", "D", "An app has 10,000 requests in ten minutes for one mailbox; throttled ones count."
    ),
    Behaviour("limit-upload", "8", "D", "An app writes at most 150 MB to one mailbox in five minutes."),
    Behaviour(
        "limit-app",
        "8",
        "D K",
        "An app altogether is limited at the gateway, which answers 429 TooManyRequests.",
        "app_limit_older",
    ),
    Behaviour(
        "limit-subscriptions",
        "8",
        "D21",
        "Requests to subscriptions are limited to 5,000 in 20 s for an app and 10,000 for a tenant.",
    ),
    Behaviour(
        "limit-directory",
        "8",
        "D21",
        "Directory requests cost resource units of a budget by tenant size; answers say cost, nearness and scope.",
    ),
    Behaviour(
        "limit-retry-after",
        "8",
        "D21 I",
        "429 names the seconds to wait, which may be fractional; by switch it names none.",
        "retry_after_given",
    ),
    Behaviour("batch-items", "7", "D21", "A batch holds 1 to 20 requests, each answered by itself under its id."),
    Behaviour("batch-malformed", "7", "D21", "A malformed batch answers 400 as a whole."),
    Behaviour(
        "batch-depends", "7", "D21", "Items run after those they depend on; what depends on a failed one answers 424."
    ),
    Behaviour("batch-throttled", "7", "D21", "Each item counts as a request; a throttled one carries its Retry-After."),
    Behaviour(
        "batch-surplus",
        "7",
        "D I",
        "Items for one mailbox are carried out in order; by switch those beyond four answer 429, as they used to.",
        "batch_surplus_throttled",
    ),
    Behaviour("batch-base64", "7", "D21", "Bodies that are not JSON travel as base64, there and back."),
    Behaviour("batch-no-transaction", "7", "D21", "`atomicityGroup` is ignored: items are never undone together."),
    Behaviour("batch-order", "7", "D21", "By weather, answers come in any order, and one may be missing."),
)

GAPS: tuple[Gap, ...] = (Gap("limits of directory extensions", "no operation on them is modelled"),)
