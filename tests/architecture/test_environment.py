"""Every environment variable that the program reads is in the table of the guide, and none is there for nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import detector

PACKAGE = Path(detector.__file__).parent
ROOT = PACKAGE.parent
GUIDE = ROOT / "docs" / "operations.md"
OF_LIBRARIES = {"TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"}
"""Read by Python's tempfile, and by OpenSSL."""
NAMED_IN_SETTINGS = {
    "app/serving.py",
    "feeds/opensky_http.py",
    "sinks/notify.py",
    "sinks/signing.py",
    "sinks/webhook.py",
}
"""Where the name of a variable comes from the settings; the guide says which settings."""
AN_ENVIRONMENT = {"environ", "environb"}


def variables(source: str) -> tuple[set[str], bool]:
    """(the names that a module reads from the environment, whether it reads others that it does not name)."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names, others = set(), False
    for asked in _asked(tree):
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            names.add(asked.value)
        elif isinstance(asked, ast.Name) and asked.id in constants:
            names.add(constants[asked.id])
        else:
            others = True
    return names, others


def _asked(tree: ast.AST) -> Iterator[ast.expr]:
    """What stands where the name of a variable is asked for."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=value, slice=name) if _is_environment(value):
                yield name
            case ast.Compare(left=name, ops=[ast.In() | ast.NotIn()], comparators=[value]) if _is_environment(value):
                yield name
            case ast.Call(func=ast.Attribute(value=value, attr="get" | "pop" | "setdefault"), args=[name, *_]):
                if _is_environment(value):
                    yield name
            case ast.Call(func=ast.Attribute(attr="getenv" | "getenvb") | ast.Name(id="getenv"), args=[name, *_]):
                yield name


def _is_environment(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in AN_ENVIRONMENT) or (
        isinstance(node, ast.Attribute) and node.attr in AN_ENVIRONMENT
    )


def in_the_guide() -> set[str]:
    table = GUIDE.read_text(encoding="utf-8").partition("## Environment")[2]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    return {name for cell in cells for name in re.findall(r"`([A-Z][A-Z_]+)", cell)}


def of_compose() -> set[str]:
    """What compose.yaml and the provisioning of Grafana ask for."""
    compose = ROOT / "compose.yaml"
    secrets = re.findall(r"environment: ([A-Z_]+)", compose.read_text(encoding="utf-8"))
    texts = [compose, *(ROOT / "config" / "grafana").glob("provisioning/*/*.yml")]
    filled_in = [re.findall(r"\$\{?([A-Z][A-Z_]+)", path.read_text(encoding="utf-8")) for path in texts]
    return set(secrets).union(*filled_in)


def read() -> tuple[set[str], set[str]]:
    """(all names, the modules that read others), of the whole program."""
    names, others = set(), set()
    for path in PACKAGE.rglob("*.py"):
        found, more = variables(path.read_text(encoding="utf-8"))
        names |= found
        if more:
            others.add(str(path.relative_to(PACKAGE)))
    return names, others


def test_the_table_is_what_the_program_reads() -> None:
    names, _ = read()
    assert {"DETECTOR_CONFIG", "DETECTOR_STATE_DIR", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"} <= names
    assert in_the_guide() == names | OF_LIBRARIES | of_compose()


def test_only_known_places_read_names_from_the_settings() -> None:
    _, others = read()
    assert others == NAMED_IN_SETTINGS


def test_every_way_of_reading_one_is_noticed() -> None:
    ways = [
        'import os; os.environ["NEW_ONE"]',
        'import os; os.environ.get("NEW_ONE", "")',
        'from os import environ; environ.get("NEW_ONE")',
        'import os; os.getenv("NEW_ONE")',
        'from os import getenv; getenv("NEW_ONE")',
        'import os\nNAME = "NEW_ONE"\nos.environ.get(NAME)',
        'import os; "NEW_ONE" in os.environ',
        'def f(means): return means.environ["NEW_ONE"]',
    ]
    assert [variables(way) for way in ways] == [({"NEW_ONE"}, False)] * len(ways)
    assert variables("import os\nfor name in names: os.environ[name]") == (set(), True)
