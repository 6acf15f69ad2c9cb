"""What runs a site day and night: units and containers keep to what their page promises."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
SERVICES: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))[
    "services"
]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_no_fault_in_a_unit(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text(encoding="utf-8").replace("/opt/passerby/bin/passerby", "/bin/true")
    (tmp_path / unit.name).write_text(text, encoding="utf-8")
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_keeps_raw_pictures_in_memory(unit: Path) -> None:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(unit.read_text(encoding="utf-8"))
    service = read["Service"]
    assert service["MemorySwapMax"] == "0"
    assert service["LimitCORE"] == "0"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["User"] == "passerby"
    # Cameras and console meet in one folder, which only their user may enter.
    assert service["Environment"] == "TMPDIR=%t/passerby"
    assert (service["RuntimeDirectory"], service["RuntimeDirectoryMode"]) == ("passerby", "0700")


@pytest.mark.parametrize("name", ["cameras", "console"])
def test_a_container_may_do_little_and_swaps_nothing(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["memswap_limit"] == service["mem_limit"]
    assert service["ulimits"] == {"core": 0}
    assert service["command"][0] == {"cameras": "run", "console": "serve"}[name]


def test_only_this_machine_reaches_the_console_and_nobody_the_store() -> None:
    assert SERVICES["console"]["ports"] == ["127.0.0.1:8765:8765"]
    assert "ports" not in SERVICES["store"]
    assert SERVICES["store"]["networks"] == ["inside"]
    assert not any(
        "PASSWORD" in key and "FILE" not in key for key in SERVICES["store"]["environment"]
    )


def test_the_image_is_pinned_and_runs_as_nobody_special() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    orders = [line.split()[0] for line in lines if re.match(r"[A-Z]+ ", line)]
    assert orders[0] == "FROM"
    assert orders.index("USER") < orders.index("ENTRYPOINT")
    image = next(line for line in lines if line.startswith("FROM"))
    assert re.search(r":\d[\w.-]+$", image)
    assert "latest" not in image
    assert "root" not in next(line for line in lines if line.startswith("USER"))
