"""What the pure part may not do, found in a module's syntax tree: reach outside, read a clock, draw a random number.

Names are followed through imports and their aliases, and count where they are only passed on, as in
`default_factory=time.time`. numpy.load and numpy.save are let through: they serve bytes in memory as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

PURE = (
    "pipeline",
    "surroundings",
    "framing",
    "decoding",
    "tracking",
    "movements",
    "rules",
    "alerting",
    "scoring",
    "reference",
    "simulation",
    "domain",
)
"""Packages or modules of detector/ that touch nothing outside."""

WHOLE_MODULES = frozenset({"os", "random", "secrets", "socket", "subprocess", "time"})
"""Of these, nothing at all, but for what `ALLOWED` names."""

NAMES = frozenset(
    {
        "open",
        "input",
        "io.open",
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "numpy.datetime64.now",
        "uuid.uuid1",
        "uuid.uuid4",
        *(f"numpy.{name}" for name in ("fromfile", "memmap", "loadtxt", "savetxt", "genfromtxt")),
    }
)

METHODS = frozenset({"open", "read_text", "read_bytes", "write_text", "write_bytes", "tofile"})
"""Called on anything: of a path they open a file. (Something of ours that opens is called otherwise.)"""

SEEDED = frozenset({"default_rng", "SeedSequence", "PCG64", "PCG64DXSM", "Philox", "SFC64", "MT19937", "RandomState"})
"""Of numpy.random: with a seed, and as types."""

ALLOWED = frozenset({"os.PathLike", "random.Random", "numpy.random.Generator", "numpy.random.BitGenerator"})


def offences(source: str) -> list[str]:
    """`line N: name` for each, in order of lines."""
    tree = ast.parse(source)
    names = dict(_imported(tree))
    calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name | ast.Attribute) or isinstance(node.ctx, ast.Store | ast.Del):
            continue
        call = calls.get(id(node))
        if isinstance(node, ast.Attribute) and node.attr in METHODS and call is not None:
            found.append((node.lineno, f".{node.attr}()"))
        elif id(node) not in inner and (name := _dotted(node, names)) and _forbidden(name, call):
            found.append((node.lineno, name))
    return [f"line {line}: {name}" for line, name in sorted(found)]


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The name used here, and the full name that it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    """`np.random.rand` as `numpy.random.rand`; None for what is not a name of a module or a builtin."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id if node.id in NAMES else None)
    if isinstance(node, ast.Attribute) and (left := _dotted(node.value, names)):
        return f"{left}.{node.attr}"
    return None


def _forbidden(name: str, call: ast.Call | None) -> bool:
    module, _, last = name.rpartition(".")
    unseeded = call is not None and not _has_seed(call)
    if name in ALLOWED:
        return name == "random.Random" and unseeded
    if module == "numpy.random" and last in SEEDED:
        return unseeded
    return name.partition(".")[0] in WHOLE_MODULES or name in NAMES or module == "numpy.random"


def _has_seed(call: ast.Call) -> bool:
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(not (isinstance(argument, ast.Constant) and argument.value is None) for argument in arguments)
