"""The image: its Dockerfile is linted; and (`make soak`) it is really built, and works as a user without rights."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from detector import __version__
from tests.faults.dump1090 import free_ports
from tests.image.buildah import Buildah, missing

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")
START_S = 60.0
RECORDING = ROOT / "tests" / "data" / "tracks" / "88nv_2023-08-30"


def test_the_dockerfile_is_linted_and_a_mistake_would_be_found() -> None:
    assert subprocess.run([HADOLINT, DOCKERFILE], check=False).returncode == 0
    wrong = DOCKERFILE.read_text(encoding="utf-8").replace("WORKDIR /data", "WORKDIR data")
    done = subprocess.run([HADOLINT, "-"], input=wrong, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "DL3000" in done.stdout


@pytest.fixture(scope="module")
def image() -> Iterator[Buildah]:
    if names := missing():
        pytest.fail(f"{' and '.join(names)} are needed to build the image (Debian: apt-get install {' '.join(names)})")
    # Not below the folder of pytest: what it keeps of earlier runs would be gigabytes.
    with tempfile.TemporaryDirectory(prefix="image-", dir="/var/tmp") as name:
        buildah = Buildah(Path(name))
        try:
            buildah.base()
            buildah.build(ROOT, "stop-detector")
            yield buildah
        finally:
            buildah.close()


@pytest.mark.soak
def test_the_image_is_built_and_does_its_work_as_a_user_without_rights(image: Buildah) -> None:
    assert re.match(r"uid=10001\(detector\)", image.run("id"))
    assert __version__ in image.run("detector", "--version")
    help_text = image.run("detector", "--help")
    assert all(word in help_text for word in ("replay", "run", "record", "webhooks", "check-config"))

    # With the server that comes along: the state goes to the volume.
    said = image.run("detector", "replay", "/recording", "--json", volumes=(f"{RECORDING}:/recording:ro",))
    here = subprocess.run(
        [sys.executable, "-m", "detector", "replay", str(RECORDING), "--json", "--store", "memory"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(said)["stops"] == json.loads(here.stdout)["stops"]
    assert image.run("ls", "/data").split() == ["detector"]
    assert "detector.yaml: in order" in image.run("detector", "check-config")

    # What built it stayed in the first stage.
    assert image.run("ls", "/opt").split() == ["detector"]


@pytest.mark.soak
def test_its_health_is_that_of_the_service_in_it(image: Buildah, tmp_path: Path) -> None:
    """Containers of this kind have the network of the machine: its port 8090 has to be free."""
    config = json.loads(image("inspect", "--type", "image", "stop-detector"))["Docker"]["config"]
    assert (config["User"], config["Entrypoint"], config["Cmd"]) == ("10001", ["detector"], ["run"])
    kind, *check = config["Healthcheck"]["Test"]
    assert kind == "CMD"
    with pytest.raises(AssertionError, match="Connection refused"):
        image.run(*check)

    (port,) = free_ports(1)
    settings = {"feeds": [{"name": "world", "kind": "beast", "host": "127.0.0.1", "port": port}]}
    (tmp_path / "detector.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    tmp_path.chmod(0o755)
    volume = f"{tmp_path / 'detector.yaml'}:/detector.yaml:ro"
    options = ("--port", str(port), "--seed", "1", "--aircraft", "20")
    world = subprocess.Popen([sys.executable, "-m", "tests.faults.beast_server", *options], cwd=ROOT)
    service = image.start("env", "DETECTOR_CONFIG=/detector.yaml", "detector", "run", volumes=(volume,))
    try:
        until = time.monotonic() + START_S
        while True:
            with contextlib.suppress(AssertionError):
                image.run(*check)
                break
            assert service.poll() is None, service.communicate()
            assert time.monotonic() < until
            time.sleep(0.5)
    finally:
        world.kill()
        world.wait()
        service.terminate()
        service.communicate(timeout=30.0)


def test_what_the_image_copies_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    names = [name for words in copied for name in words.split()]
    assert {"pyproject.toml", "uv.lock", "detector", "config", "models"} <= set(names)
    assert all((ROOT / name).exists() for name in names)
