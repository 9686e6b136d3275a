"""`holdfast keys`: the master keys that seal stored secrets."""

import click

from holdfast.cli import ground, telling
from holdfast.cli.frame import WithDatabase
from holdfast.host import keys as files
from holdfast.host.errors import HostError


@click.group()
def keys() -> None:
    """Change the keys that seal stored secrets."""


@keys.command(cls=WithDatabase)
@click.option("--forget-old", is_flag=True, help="Afterwards, keep the new key only.")
def rotate(*, forget_old: bool) -> None:
    """Make a new master key, let it write from now on, and seal every stored secret anew.

    Safe to interrupt and to repeat: until the last secret is sealed anew, the old keys go on reading. Running processes
    read the key file when they start: restart `holdfast up` before you forget the old keys.
    """
    from holdfast.host.resealing import reseal_everything  # noqa: PLC0415  needs Django to be ready

    config = ground.config()
    source = {name: source for name, _, source in config.printable}["master_keys"]
    if source != "default":
        raise HostError(
            f"the master keys come from {source}: put a new one first there, restart, and run `holdfast keys reseal`. "
            f"{files.new_master_key()} was just drawn for you"
        )
    files.put_first(config.state, files.new_master_key())
    count = reseal_everything(files.master_keys(config.state))
    telling.say(f"Sealed {count} secrets anew. Restart `holdfast up` so that it writes with the new key.")
    if forget_old:
        telling.say(f"Forgot {files.drop_all_but_first(config.state)} old keys.")


@keys.command(cls=WithDatabase)
def reseal() -> None:
    """Seal every stored secret with the first master key, after you put a new one first yourself."""
    from holdfast.host.resealing import reseal_everything  # noqa: PLC0415  needs Django to be ready

    telling.say(f"Sealed {reseal_everything(ground.config().master_keys)} secrets anew.")
