"""compose.yaml and what it mounts, without Docker: its schema, its files, its ports, its secrets."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.case_panels import LAND
from detector.settings import load_configuration
from tests.debian import debian_command

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "compose.yaml"
GRAFANA = ROOT / "config" / "grafana"
VARIABLE = re.compile(r"\$\{?([A-Z][A-Z_]+)")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))


def services(compose: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return list(compose["services"].items())


def test_it_is_as_the_compose_specification_has_it() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_schema_would_find_a_mistake(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("restart: on-failure", "restrat: on-failure"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_what_is_mounted_is_there_or_a_volume(compose: dict[str, Any]) -> None:
    used = set()
    for _, service in services(compose):
        for mount in service["volumes"]:
            source, _, rest = mount.partition(":")
            if source.startswith("./"):
                assert (ROOT / source).exists(), mount
                assert rest.endswith(":ro"), mount
            else:
                used.add(source)
    assert used == set(compose["volumes"])


def test_nothing_is_open_beyond_this_machine(compose: dict[str, Any]) -> None:
    ports = [port for _, service in services(compose) for port in service.get("ports", [])]
    assert len(ports) == 3
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_images_are_of_a_version(compose: dict[str, Any]) -> None:
    images = {name: service["image"] for name, service in services(compose) if "build" not in service}
    assert all(re.search(r":v?\d+\.\d+", image) for image in images.values()), images


def test_no_secret_stands_in_it(compose: dict[str, Any]) -> None:
    assert all(set(secret) == {"environment"} for secret in compose["secrets"].values())
    for _, service in services(compose):
        for name, value in service.get("environment", {}).items():
            if re.search("TOKEN|PASSWORD|SECRET", name):
                assert str(value).startswith(("${", "/run/secrets/")), name
        assert set(service.get("secrets", [])) <= set(compose["secrets"])


def test_every_variable_is_explained(compose: dict[str, Any]) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## Environment")[2]
    texts = [COMPOSE, *GRAFANA.glob("provisioning/*/*.yml")]
    asked = {name for path in texts for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    asked |= {secret["environment"] for secret in compose["secrets"].values()}
    asked |= {name for name in compose["services"]["detector"]["environment"] if name.startswith("DETECTOR_")}
    assert {"DETECTOR_TOKEN", "DETECTOR_URL", "GRAFANA_PASSWORD", "PROMETHEUS_URL"} <= asked
    assert {name for name in asked if f"`{name}`" not in guide} == set()


def test_the_settings_of_its_service_are_in_order_and_fit_it(compose: dict[str, Any]) -> None:
    settings = load_configuration(ROOT / "config" / "compose" / "detector.yaml").settings
    detector = compose["services"]["detector"]
    assert settings.service.store == "redis://valkey:6379/0"
    assert "valkey" in compose["services"]
    assert settings.service.token_env in detector["environment"]
    assert detector["ports"] == [f"127.0.0.1:{settings.service.http_port}:{settings.service.http_port}"]


def test_its_valkey_keeps_what_it_is_given(compose: dict[str, Any]) -> None:
    command = compose["services"]["valkey"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options == {"--appendonly": "yes", "--maxmemory-policy": "noeviction", "--save": ""}


def test_its_prometheus_asks_the_service_with_its_token(compose: dict[str, Any], tmp_path: Path) -> None:
    path = ROOT / "config" / "compose" / "prometheus.yml"
    (scrape,) = yaml.safe_load(path.read_text(encoding="utf-8"))["scrape_configs"]
    assert scrape["job_name"] == "detector"
    assert scrape["static_configs"] == [{"targets": ["detector:8090"]}]
    (secret,) = compose["services"]["prometheus"]["secrets"]
    assert scrape["authorization"]["credentials_file"] == f"/run/secrets/{secret}"
    assert compose["secrets"][secret]["environment"] == "DETECTOR_TOKEN"
    # As it lies in the container, but for the file with the token.
    shutil.copytree(ROOT / "config" / "prometheus" / "rules", tmp_path / "rules")
    shutil.copy(path, tmp_path / "prometheus.yml")
    program, environment = debian_command("promtool", "prometheus")
    command = [program, "check", "config", "--syntax-only", str(tmp_path / "prometheus.yml")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_grafana_finds_its_source_and_its_dashboards(compose: dict[str, Any]) -> None:
    grafana = compose["services"]["grafana"]
    mounts = dict(mount.removesuffix(":ro").split(":") for mount in grafana["volumes"])
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())["datasources"]
    assert source["url"] == "$PROMETHEUS_URL"
    assert grafana["environment"]["PROMETHEUS_URL"] == "http://prometheus:9090"
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/detector.yml").read_text())["providers"]
    assert provider["options"]["path"] == mounts["./config/grafana/dashboards"]
    (api,) = yaml.safe_load((GRAFANA / "provisioning/datasources/detector.yml").read_text())["datasources"]
    assert (api["url"], grafana["environment"]["DETECTOR_URL"]) == ("$DETECTOR_URL", "http://detector:8090")
    plugin, _, version = grafana["environment"]["GF_PLUGINS_PREINSTALL"].partition("@")
    assert plugin == api["type"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert mounts["./config/grafana/maps/land.geojson"] == f"/usr/share/grafana/{LAND}"
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert home.parent == Path(provider["options"]["path"])
    assert (GRAFANA / "dashboards" / home.name).exists()
