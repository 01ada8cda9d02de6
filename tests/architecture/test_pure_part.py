from __future__ import annotations

import ast
from pathlib import Path

import pytest

import detector
from tests.architecture.offences import PURE, offences

PACKAGE = Path(detector.__file__).parent
FILES = sorted(
    path for name in PURE for path in (*(PACKAGE / name).rglob("*.py"), PACKAGE / f"{name}.py") if path.exists()
)


def test_the_pure_part_is_found() -> None:
    assert {PACKAGE / "domain" / "frame.py", PACKAGE / "decoding" / "crc.py"} <= set(FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_pure_part_reads_no_file_no_clock_and_no_chance(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        "open('x')",
        "with open('x') as f: pass",
        "reader = open",
        "import io; io.open('x')",
        "from pathlib import Path; Path('x').open()",
        "from pathlib import Path; Path('x').read_text()",
        "from pathlib import Path; Path('x').read_bytes()",
        "from pathlib import Path; Path('x').write_text('')",
        "from pathlib import Path; Path('x').write_bytes(b'')",
        "import gzip; gzip.open('x')",
        "import numpy as np; np.loadtxt('x')",
        "import numpy as np; np.fromfile('x')",
        "array.tofile('x')",
        "import time; time.time()",
        "import time as clock; clock.time_ns()",
        "from time import monotonic; monotonic()",
        "from time import perf_counter as tick; tick()",
        "import time; time.sleep(1)",  # a text to be found out, never run
        "import time; field(default_factory=time.time)",
        "from datetime import datetime; datetime.now()",
        "from datetime import datetime, UTC; datetime.now(UTC)",
        "import datetime; datetime.datetime.utcnow()",
        "import datetime as dt; dt.date.today()",
        "from datetime import datetime as D; D.today()",
        "import random; random.random()",
        "from random import choice; choice([1])",
        "import random; random.Random()",
        "import random; random.seed(1)",
        "import numpy as np; np.random.rand()",
        "import numpy; numpy.random.seed(1)",
        "import numpy as np; np.random.default_rng()",
        "import numpy as np; np.random.default_rng(None)",
        "import numpy as np; np.random.default_rng(seed=None)",
        "from numpy.random import default_rng; default_rng()",
        "from numpy import random; random.normal()",
        "import uuid; uuid.uuid4()",
        "import os; os.environ['X']",
        "from os import environ; environ.get('X')",
        "import os; os.getenv('X')",
        "import os.path; os.path.exists('x')",
        "import secrets; secrets.token_hex()",
        "def f():\n    import time\n    return time.time()",
    ],
)
def test_each_offence_is_caught(planted: str, tmp_path: Path) -> None:
    module = tmp_path / "planted.py"
    module.write_text(f"from __future__ import annotations\n{planted}\n")
    assert len(offences(module.read_text())) == 1


@pytest.mark.parametrize(
    "innocent",
    [
        "import numpy as np; np.random.default_rng(7)",
        "import numpy as np; np.random.default_rng(seed=seed)",
        "import numpy as np; np.random.Generator(np.random.PCG64(7))",
        "import numpy as np\ndef f(rng: np.random.Generator) -> None: rng.normal()",
        "import random; random.Random(7)",
        "import io, numpy as np; np.load(io.BytesIO(data))",
        "from datetime import datetime, UTC; datetime.fromtimestamp(0, UTC)",
        "from pathlib import Path; Path('x').name",
        "time = frame.time; time.time",
        "stop.status = 'open'",
        "import uuid; uuid.uuid5(uuid.NAMESPACE_URL, 'x')",
    ],
)
def test_what_is_pure_is_let_through(innocent: str) -> None:
    assert ast.parse(innocent).body
    assert offences(innocent) == []
