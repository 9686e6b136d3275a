"""A company: one readable YAML file describes a tenant, or the sample company is taken.

`read_company(text, name=...)` gives a `CompanyFile` or raises `CompanyFileError` with every problem in it;
`sample_company(seed)` gives the sample. `settle_in(simulator, file, ...)` then writes the planned events into the
calendars, as the people of the company would have done before the first day.
"""

from sim365.company.errors import CompanyError, CompanyFileError, Problem
from sim365.company.plans import Guest, PlannedEvent, Repeat
from sim365.company.reading import CompanyFile, read_company
from sim365.company.sample import sample_company
from sim365.company.together import together

__all__ = [
    "CompanyError",
    "CompanyFile",
    "CompanyFileError",
    "Guest",
    "PlannedEvent",
    "Problem",
    "Repeat",
    "read_company",
    "sample_company",
    "together",
]
