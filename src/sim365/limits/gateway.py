"""What the gateway counts besides a mailbox's own limits: an app altogether, the directory, subscriptions (FACTS 8).

Windows that begin anew when they are over, so that a request costs the same however many came before. Directory
requests cost resource units, and their answers say how near the limit is.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sim365.errors import GraphError

NEAR = 0.8
"""From this share of the limit on, answers name the share."""
SHOWN_SHARE_MAX = 1.8
SMALL_TENANT = 50
LARGE_TENANT = 500


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much in so long."""

    units: int
    span: timedelta


@dataclass(slots=True)
class Allowances:
    """The limits in force; a test may lower them."""

    app: Allowance = Allowance(130_000, timedelta(seconds=10))
    app_older: Allowance = Allowance(2_000, timedelta(seconds=1))
    subscriptions_of_app: Allowance = Allowance(5_000, timedelta(seconds=20))
    subscriptions_of_tenant: Allowance = Allowance(10_000, timedelta(seconds=20))
    directory_small: Allowance = Allowance(3_500, timedelta(seconds=10))
    directory_medium: Allowance = Allowance(5_000, timedelta(seconds=10))
    directory_large: Allowance = Allowance(8_000, timedelta(seconds=10))

    def directory(self, people: int) -> Allowance:
        """By the size of the tenant."""
        if people < SMALL_TENANT:
            return self.directory_small
        return self.directory_medium if people <= LARGE_TENANT else self.directory_large


@dataclass(slots=True)
class _Window:
    began: datetime
    used: int = 0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and how large the tenant is."""

    app_id: str
    tenant_id: str
    people: int = 0


@dataclass(slots=True)
class Gateway:
    """What was used in the windows under way."""

    allowances: Allowances = field(default_factory=Allowances)
    is_older: bool = False
    """The limit of an app altogether as it was documented before (a switch)."""
    gives_retry_after: bool = True
    windows: dict[tuple[str, ...], _Window] = field(default_factory=dict[tuple[str, ...], _Window])

    def admit(self, caller: Caller, now: datetime) -> None:
        """Any request of an app; throttled ones count as well."""
        allowance = self.allowances.app_older if self.is_older else self.allowances.app
        self._use(("app", caller.app_id), allowance, 1, now)

    def admit_subscription(self, caller: Caller, now: datetime) -> None:
        """A request to `/subscriptions`."""
        of_app = ("subscriptions", caller.app_id, caller.tenant_id)
        self._use(of_app, self.allowances.subscriptions_of_app, 1, now)
        self._use(("subscriptions", caller.tenant_id), self.allowances.subscriptions_of_tenant, 1, now)

    def admit_directory(self, caller: Caller, now: datetime, *, units: int) -> dict[str, str]:
        """A directory request of so many resource units; answers the headers that the answer carries."""
        allowance = self.allowances.directory(caller.people)
        try:
            share = self._use(("directory", caller.app_id, caller.tenant_id), allowance, units, now)
        except GraphError as error:
            scope = f"Tenant_Application/ReadWrite/{caller.app_id}/{caller.tenant_id}"
            error.headers |= {
                "x-ms-throttle-scope": scope,
                "x-ms-throttle-information": "ResourceUnitLimitExceeded",
                "x-ms-resource-unit": str(units),
            }
            raise
        headers = {"x-ms-resource-unit": str(units)}
        if share >= NEAR:
            headers["x-ms-throttle-limit-percentage"] = f"{min(share, SHOWN_SHARE_MAX):.1f}"
        return headers

    def forget(self) -> None:
        """Count the past no more."""
        self.windows.clear()

    def _use(self, key: tuple[str, ...], allowance: Allowance, units: int, now: datetime) -> float:
        """Count, and say what share of the limit is used; refuse where it is exceeded."""
        window = self.windows.get(key)
        if window is None or now >= window.began + allowance.span:
            window = self.windows[key] = _Window(now)
        window.used += units
        if window.used > allowance.units:
            wait = (window.began + allowance.span - now).total_seconds()
            raise too_many(retry_after_s=wait if self.gives_retry_after else None)
        return window.used / allowance.units


def too_many(*, retry_after_s: float | None) -> GraphError:
    """The gateway's own 429; its seconds may be fractional."""
    headers = {} if retry_after_s is None else {"Retry-After": f"{retry_after_s:.3f}".rstrip("0").rstrip(".")}
    return GraphError(429, "TooManyRequests", "Please retry again later.", headers=headers)
