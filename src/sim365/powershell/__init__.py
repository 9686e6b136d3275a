"""The lines of Exchange Online PowerShell that an administrator types, carried out on the simulated company.

    outcome = run(world, 'Set-CalendarProcessing -Identity aquarium -DeleteSubject $false')
    outcome.output, outcome.errors

A small language: cmdlets with parameters, literals, pipes between the cmdlets listed in `catalogue`, several lines,
comments. What is left out is refused by name.
"""

from sim365.powershell.session import Failure, Outcome, run

__all__ = ["Failure", "Outcome", "run"]
