"""What a client may ask at once and within ten minutes (FACTS 8)."""

from sim365.limits.throttle import CONCURRENT_MAX, Limits, throttled

__all__ = ["CONCURRENT_MAX", "Limits", "throttled"]
