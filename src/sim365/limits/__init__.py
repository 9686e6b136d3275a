"""What a client may ask at once and within a while: of a mailbox, of the directory, altogether (FACTS 8)."""

from sim365.limits.gateway import Caller, Gateway, too_many
from sim365.limits.throttle import CONCURRENT_MAX, Limits, throttled

__all__ = ["CONCURRENT_MAX", "Caller", "Gateway", "Limits", "throttled", "too_many"]
