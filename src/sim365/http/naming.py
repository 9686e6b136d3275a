"""Which operation a request was meant for, also where it ended before it came to one."""

from sim365.errors import GraphError
from sim365.http.requests import Request
from sim365.http.routing import Routes
from sim365.http.userinfo import PATH as USERINFO

NO_OPERATION = "unknown path"


def operation_of(routes: Routes, request: Request) -> str:
    """The operation's name."""
    try:
        segments = request.segments()
        if segments == USERINFO:
            return "userinfo"
        below = segments[1:]
        if below and below[0].lower() == "me":
            below = ["users", "", *below[1:]]
        return routes.find(request.method, below)[0].name
    except GraphError:
        return NO_OPERATION
