"""`python -m tests.world SEED [STEPS]`: one seed of the simulated world, on a database of its own."""

import sys

from holdfast.host.postgres import SUPERUSER
from tests import ground


def main() -> None:
    seed, *steps = (int(argument) for argument in sys.argv[1:])
    cluster = ground.migrate(ground.lay())
    from tests.world.run import STEPS, play  # models can be imported only now

    world = play(seed, cluster.url(SUPERUSER), steps=steps[0] if steps else STEPS)
    points, deeds = len(world.scene.stage.trace), len(world.history.deeds)
    print(f"seed {seed}: {points} points, {deeds} deeds, all promises kept")  # noqa: T201  a command's answer


if __name__ == "__main__":
    main()
