"""Links that a command prints open what they name: their keys are not left out as secrets are."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.serve.conftest import SITE

from passerby.cli import main
from passerby.store.site_key import SiteKey


@contextmanager
def link_of(*words: str) -> Iterator[str]:
    """The link that a command prints while it serves."""
    command = [sys.executable, "-c", "from passerby.cli import main; raise SystemExit(main())"]
    with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            said = ""
            while "Ctrl-C" not in said:
                line = program.stdout.readline()
                assert line, said
                said += line
            (link,) = re.findall(r"(http://\S+\?key=\S+)", said)
            yield link
        finally:
            program.kill()


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@pytest.mark.slow
def test_the_link_of_the_console_makes_the_first_user(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)
    (tmp_path / "site.key").write_text(SiteKey.new().text)
    (tmp_path / "site.key").chmod(0o600)
    transport = httpx.HTTPTransport(retries=5)
    with (
        link_of("serve", str(tmp_path / "site.toml"), "--port", free_port()) as link,
        httpx.Client(transport=transport) as browser,
    ):
        page = browser.get(link)
        assert page.status_code == 200
        assert 'type="password"' in page.text
        wrong = browser.get(link[:-4] + "AAAA")
        assert 'type="password"' not in wrong.text


@pytest.mark.slow
def test_the_link_of_the_editor_opens_it_once(
    make_video: Callable[..., Path], tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    words = ["anonymize", str(make_video("clip.mp4")), "-o", str(tmp_path / "copy.mp4"), "--quiet"]
    assert main([*words, "--report", str(report)]) == 0
    transport = httpx.HTTPTransport(retries=5)
    with (
        link_of("edit", str(report), "--port", free_port()) as link,
        httpx.Client(transport=transport) as browser,
    ):
        assert browser.get(link).status_code == 303
        assert browser.get(link).status_code == 403
