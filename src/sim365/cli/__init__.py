"""The command `sim365`."""

from sim365.cli.commands import main
from sim365.cli.contract_commands import contract, contract_clean, learn
from sim365.cli.powershell import powershell

main.add_command(contract)
main.add_command(contract_clean)
main.add_command(learn)
main.add_command(powershell)

__all__ = ["main"]
