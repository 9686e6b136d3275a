"""What the service refuses, in Graph's own words (FACTS 0.2).

    GraphError            answered with the error envelope
    NotModelledError      a GraphError: 501, naming the gap
    SimulatorError        wrong use of the simulator itself (control API, Python API)

Raised anywhere below the request door, which alone turns them into answers.
"""


class GraphError(Exception):
    """Graph refuses the request."""

    def __init__(self, status: int, code: str, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


class NotModelledError(GraphError):
    """This part of Microsoft Graph is not modelled by the simulator."""

    def __init__(self, gap: str) -> None:
        super().__init__(501, "NotImplemented", f"sim365 does not model {gap}.")


class SimulatorError(Exception):
    """The simulator was asked for something that makes no sense."""


def item_not_found() -> GraphError:
    """The event or calendar is gone, or the id belongs to another mailbox."""
    return GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def malformed_id() -> GraphError:
    """The id cannot be decoded."""
    return GraphError(400, "ErrorInvalidIdMalformed", "Id is malformed.")


def failed_validation(detail: str = "") -> GraphError:
    """A property has a value that the store refuses."""
    message = "At least one property failed validation."
    return GraphError(400, "ErrorPropertyValidationFailure", f"{message} {detail}".strip())


def invalid_request(message: str) -> GraphError:
    """Exchange refuses the request as such."""
    return GraphError(400, "ErrorInvalidRequest", message)


def bad_request(message: str) -> GraphError:
    """The gateway refuses the request as such."""
    return GraphError(400, "BadRequest", message)


def unreadable_body(message: str) -> GraphError:
    """The JSON body does not fit the type."""
    return GraphError(400, "RequestBodyRead", message)


def unparsable_query(message: str) -> GraphError:
    """A query option names something that the type does not have."""
    return GraphError(400, "RequestBroker--ParseUri", message)


def unknown_zone(name: str) -> GraphError:
    """The time zone name is neither a Windows nor an IANA name."""
    text = f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'."
    return GraphError(400, "TimeZoneNotSupportedException", text)


def stale_change_key() -> GraphError:
    """If-Match names an older version."""
    text = (
        "The send or update operation could not be performed because the change key passed in the request "
        "does not match the current change key for the item."
    )
    return GraphError(412, "ErrorIrresolvableConflict", text)


def access_denied(message: str = "Access is denied. Check credentials and try again.") -> GraphError:
    """The token's permissions do not cover the operation or the mailbox."""
    return GraphError(403, "ErrorAccessDenied", message)


def directory_denied() -> GraphError:
    """The token's permissions do not cover the directory."""
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
