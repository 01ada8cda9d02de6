from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.offences import PURE

ROOT = Path(__file__).parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the `detector` in `folder`, with the contracts of this project."""
    program = (
        "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--no-logo", "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package's sources, to break a contract in."""
    shutil.copytree(
        ROOT / "detector", tmp_path / "detector", ignore=shutil.ignore_patterns("data", "assets", "__pycache__")
    )
    return tmp_path


def test_the_contracts_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("domain/planted.py", "import detector.cli"),
        ("framing/planted.py", "import detector.decoding"),
        ("feeds/planted.py", "import detector.stores"),
        ("decoding/planted.py", "import redis"),
        ("domain/planted.py", "from time import monotonic"),
        ("surprise/__init__.py", ""),
    ],
)
def test_a_broken_contract_is_seen(copy: Path, module: str, line: str) -> None:
    planted = copy / "detector" / module
    planted.parent.mkdir(exist_ok=True)
    (planted.parent / "__init__.py").touch()
    planted.write_text(line)
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert Path(module).parts[0] in done.stdout


def test_every_folder_of_modules_is_a_package() -> None:
    """A folder without `__init__.py` is not seen by import-linter at all."""
    folders = {path.parent for path in (ROOT / "detector").rglob("*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_part_that_is_pure_is_under_the_contract_that_says_so() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (forbidden,) = [contract for contract in contracts if contract["type"] == "forbidden"]
    package = ROOT / "detector"
    there = [name for name in PURE if (package / f"{name}.py").exists() or any((package / name).glob("*.py"))]
    assert sorted(forbidden["source_modules"]) == sorted(f"detector.{name}" for name in there)


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "detector").rglob("*.py")
    }
    assert len(lengths) > 20
    assert {name: length for name, length in lengths.items() if length > 400} == {}
