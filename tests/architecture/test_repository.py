from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Written with brackets, so that this file does not name them itself.
WORKPLACE = re.compile(
    rb"/wor[k]/|/roo[t]/|/hom[e]/|/tm[p]/scratch|\.librar[y]/|/op[t]/pypi|pypi\.or[g]|pythonhoste[d]"
)
LOCK = "uv.lock"
"""A lock has to say where packages come from."""


def tracked_files() -> list[str]:
    """Files in git, and those that the next commit would add: what it ignores is not of the project."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return sorted({name for name in listing.split("\0") if name and (ROOT / name).is_file()})


def test_nothing_names_a_place_of_the_machine_that_it_was_written_on() -> None:
    names = tracked_files()
    assert "pyproject.toml" in names
    found = {
        f"{name}:{number}"
        for name in names
        if name != LOCK
        for number, line in enumerate((ROOT / name).read_bytes().split(b"\n"), 1)
        if WORKPLACE.search(line)
    }
    assert found == set()


def test_such_a_place_would_be_found() -> None:
    for place in ("/wor" + "k/main", "/roo" + "t/.cache", "/hom" + "e/me", "https://pypi." + "org/simple"):
        assert WORKPLACE.search(f"see {place} for more".encode())
    assert not WORKPLACE.search(b"the work of the root; homework; framework/ and network/")
