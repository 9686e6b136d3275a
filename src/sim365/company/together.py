"""Several company files in one simulator: each is a tenant of its own, as customers of one product are at Microsoft.

Decides only what two files may not share: a tenant id or a domain, because either would make two directories one.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim365.company.errors import CompanyFileError, Problem
from sim365.company.reading import CompanyFile
from sim365.state import Company


def together(files: Iterable[CompanyFile]) -> Company:
    """One company with the tenants of all files; CompanyFileError where two of them are the same."""
    company = Company()
    for file in files:
        for tenant in file.company.tenants:
            for other in company.tenants:
                shared = {other.tenant_id, *other.domains} & {tenant.tenant_id, *tenant.domains}
                if shared:
                    sentence = f"{other.name} and {tenant.name} both are {min(shared)}; a tenant can be served once."
                    raise CompanyFileError(tenant.name, [Problem(line=1, field="company.domain", sentence=sentence)])
            company.tenants.append(tenant)
    return company
