"""What PowerShell says when a line cannot be done.

PowerShellError            written to the error stream; the next line goes on
  Unreadable               the text is no command line: nothing of it is done
  Refused                  the language has this, the simulator does not; it says so by name
"""


class PowerShellError(Exception):
    """A line could not be done."""

    def __init__(self, message: str, *, category: str = "InvalidOperation", error_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.category = category
        self.error_id = error_id


class Unreadable(PowerShellError):
    """The text is no command line."""


class Refused(PowerShellError):
    """This part of PowerShell is not modelled."""

    def __init__(self, what: str) -> None:
        super().__init__(f"sim365 does not do {what}.", category="NotImplemented", error_id="NotModelled")


def unknown_command(name: str) -> PowerShellError:
    """There is no such cmdlet."""
    return PowerShellError(
        f"The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program. "
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again.",
        category="ObjectNotFound",
        error_id="CommandNotFoundException",
    )


def unknown_parameter(name: str) -> PowerShellError:
    """The cmdlet has no such parameter."""
    message = f"A parameter cannot be found that matches parameter name '{name}'."
    return PowerShellError(message, category="InvalidArgument", error_id="NamedParameterNotFound")


def ambiguous_parameter(name: str, matches: list[str]) -> PowerShellError:
    """A shortened parameter name fits several."""
    listed = " ".join(f"-{match}" for match in matches)
    message = (
        f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. "
        f"Possible matches include: {listed}."
    )
    return PowerShellError(message, category="InvalidArgument", error_id="AmbiguousParameter")


def unknown_position(value: object) -> PowerShellError:
    """A value stands where the cmdlet takes none."""
    message = f"A positional parameter cannot be found that accepts argument '{value}'."
    return PowerShellError(message, category="InvalidArgument", error_id="PositionalParameterNotFound")


def missing_argument(name: str) -> PowerShellError:
    """A parameter stands without its value."""
    message = f"Missing an argument for parameter '{name}'. Specify a parameter and try again."
    return PowerShellError(message, category="InvalidArgument", error_id="MissingArgument")


def missing_parameter(names: list[str]) -> PowerShellError:
    """A parameter without which the cmdlet cannot run is missing."""
    message = f"Cannot process command because of one or more missing mandatory parameters: {' '.join(names)}."
    return PowerShellError(message, category="InvalidArgument", error_id="MissingMandatoryParameter")


def wrong_value(name: str, why: str) -> PowerShellError:
    """A value does not fit its parameter."""
    message = f"Cannot process argument transformation on parameter '{name}'. {why}"
    return PowerShellError(message, category="InvalidData", error_id="ParameterArgumentTransformationError")


def not_found(what: str, where: str) -> PowerShellError:
    """The directory has no such object."""
    return PowerShellError(
        f"The operation couldn't be performed because object '{what}' couldn't be found on '{where}'.",
        category="ObjectNotFound",
        error_id="ManagementObjectNotFoundException",
    )


def ambiguous(what: str) -> PowerShellError:
    """Several objects bear this name."""
    message = f"The operation couldn't be performed because '{what}' matches multiple entries."
    return PowerShellError(message, category="InvalidData", error_id="ManagementObjectAmbiguousException")


def taken(what: str) -> PowerShellError:
    """The name or address is somebody's already."""
    message = f'The proxy address "SMTP:{what}" is already being used. Please choose another proxy address.'
    return PowerShellError(message, category="ResourceExists", error_id="ProxyAddressExistsException")
