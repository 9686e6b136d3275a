"""The pure core under a name: the real one, or a copy of its source with one deliberate bug put in.

Tests of the core take it as the argument `core`, so that the same tests run against each mutant. A mutant is loaded
from source under a package name of its own; nothing of the real package is replaced.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import ModuleType, SimpleNamespace

REAL = "holdfast.reconcile"
_MODULES = (
    "snapshot",
    "rules",
    "verdict",
    "link",
    "steps",
    "sets",
    "fields",
    "merge",
    "resting",
    "claims",
    "offers",
    "observations",
    "doing",
    "plan",
    "choices",
    "series",
    "repeating",
    "series_doing",
    "series_choices",
    "brakes",
    "says",
)  # fmt: skip  in the order in which they import each other
_numbers = count(1)


def gathered(modules: dict[str, ModuleType]) -> SimpleNamespace:
    """The public names of all modules in one place; the modules themselves under their own names."""
    core = SimpleNamespace()
    for module in modules.values():
        for name, value in vars(module).items():
            if not name.startswith("_"):
                setattr(core, name, value)
    for name, module in modules.items():
        setattr(core, f"{name}_module", module)
    return core


def real() -> SimpleNamespace:
    return gathered({name: import_module(f"{REAL}.{name}") for name in _MODULES})


def source(module: str) -> str:
    spec = find_spec(f"{REAL}.{module}")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


def mutant(module: str, old: str, new: str) -> SimpleNamespace:
    """A copy of the core in which `old` was replaced by `new`, once, in one module."""
    text = source(module)
    assert text.count(old) == 1, f"{module}: {old!r} stands there {text.count(old)} times, not once"
    package = f"mutant_{next(_numbers)}"
    made: dict[str, ModuleType] = {}
    sys.modules[package] = ModuleType(package)
    for name in _MODULES:
        code = text.replace(old, new) if name == module else source(name)
        made[name] = _loaded(f"{package}.{name}", code.replace(REAL, package))
        setattr(sys.modules[package], name, made[name])
    return gathered(made)


def forget(core: SimpleNamespace) -> None:
    """Unload a mutant."""
    package = core.plan_module.__name__.rpartition(".")[0]
    assert package != REAL
    for name in _MODULES:
        sys.modules.pop(f"{package}.{name}", None)
    sys.modules.pop(package, None)


def _loaded(name: str, code: str) -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(code, f"<{name}>", "exec"), module.__dict__)
    return module
