"""What stops a run or a check.

ContractError
├── RefusedError     the run does not begin (or goes no further): the sentence says what the person can do
├── BudgetSpentError the requests of this run are used up, except those kept for removal
└── UntriedError     one check cannot be carried out here, and why
"""


class ContractError(Exception):
    """Any of them."""


class RefusedError(ContractError):
    """The suite does not do this; nothing was written because of it."""


class BudgetSpentError(ContractError):
    """No more requests for checks in this run."""


class UntriedError(ContractError):
    """This check says nothing, for the reason given."""
