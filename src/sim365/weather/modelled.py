"""What is modelled of a service in trouble: faults by name, and how long answers take."""

from sim365.modelled import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "fault-refusals",
        "0.2",
        "I K",
        "By weather, requests are refused with 401, 403, 404, 429, 500 or 503, with or without Retry-After, undone.",
    ),
    Behaviour(
        "fault-after-commit", "8", "D I", "By weather, a write is done and the answer is 502, 504 or never comes."
    ),
    Behaviour("fault-late-commit", "8", "K", "By weather, a write is done seconds after its client gave up waiting."),
    Behaviour(
        "fault-odd-answers", "0", "K", "By weather, answers are cut, of another shape, or miss what is optional."
    ),
    Behaviour("fault-slow", "8", "K", "By weather, an answer begins late or comes byte by byte."),
    Behaviour("fault-stale-reads", "6", "K", "By weather, reads show the version before a write for a while."),
    Behaviour("fault-read-lag", "11", "I", "By weather, a new event can not be read yet (quirk 13)."),
    Behaviour("fault-change-key-race", "3.4", "I", "By weather, a change answers 412 although its If-Match is good."),
    Behaviour("fault-empty-list", "11", "K", "By weather, a listing is empty although the calendar is not."),
    Behaviour("fault-retention", "11", "K", "By weather, a retention policy purges what ended long ago, unannounced."),
    Behaviour(
        "fault-same-seed",
        "11",
        "K",
        "Faults strike by rate, count, mailbox, method, path and time span; the same seed strikes the same requests.",
    ),
    Behaviour(
        "latency", "5.4", "K", "How long answers take can be set for each operation, as a spread; off by default."
    ),
)
