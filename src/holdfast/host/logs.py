"""Structured logs: one line for each fact, in UTC, without secrets or people's words.

Decides the shape of a line, whoever wrote it (our own code, Django, procrastinate, granian). What may not be said is
taken out at the very end (`redaction`), so no caller can forget it. A line carries the id of the request or job that it
belongs to.
"""

import logging
import sys
import traceback
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from holdfast.host import redaction
from holdfast.ports import clock

_QUIET = {
    "asyncio": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "procrastinate": logging.WARNING,
}
_OWN = frozenset({"event", "level", "at", "logger"})


def configure(*, level: str, form: str, stream: TextIO | None = None) -> None:
    """Let every logger of this process write lines of one shape to `stream` (standard error)."""
    out = stream or sys.stderr
    as_json = form == "json" or (form == "auto" and not out.isatty())
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_before(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _say_exception,
            _redact,
            structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _for_people,
        ],
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    logging.getLogger("django.request").addFilter(_without_address)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    structlog.configure(
        processors=[*_before(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get(name: str) -> structlog.stdlib.BoundLogger:
    return cast("structlog.stdlib.BoundLogger", structlog.get_logger(name))


def _without_address(record: logging.LogRecord) -> bool:
    """Django names the whole address, in which tokens and names may stand; `holdfast.request` has said the route."""
    record.msg, record.args = "a request failed", ()
    record.__dict__.pop("request", None)
    return record.exc_info is not None


def _before() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        _stamp,
    ]


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["at"] = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


def _say_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The traceback as frames and one sentence: no local variables, which would hold what nobody may read."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info  # pyright: ignore[reportUnknownVariableType]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = f"{type(error).__name__}: {error}"
        event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


def _redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {str(key): redaction.clean(value, name="" if key in _OWN else str(key)) for key, value in event.items()}


def _for_people(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    at, level, said = str(event.pop("at", "")), str(event.pop("level", "")), str(event.pop("event", ""))
    event.pop("logger", None)
    where = cast("list[Any]", event.pop("where", []))
    rest = " ".join(f"{key}={value}" for key, value in event.items())
    line = f"{at[11:23]} {level:<7} {said}" + (f"  {rest}" if rest else "")
    return "\n".join([line, *(f"             | {frame}" for frame in where)])
