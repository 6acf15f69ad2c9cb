"""Fetching from a server on this machine: what arrives whole, and all that does not."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from passerby.errors import ConfigError, ModelError
from passerby.models.download import pull

CONTENT = bytes(range(256)) * 1024

Folders = dict[str, Path]
Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def server() -> Iterator[dict[str, object]]:
    """An HTTP server on the loopback; the test says how it answers and reads how often."""
    state: dict[str, object] = {"answer": whole, "requests": 0}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state["requests"] += 1  # type: ignore[operator]
            state["answer"](self)  # type: ignore[operator]

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        state["url"] = f"http://127.0.0.1:{listening.server_port}/model.onnx"
        yield state
        listening.shutdown()
        thread.join()


def send(handler: BaseHTTPRequestHandler, content: bytes, length: int | None = None) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content) if length is None else length))
    handler.end_headers()
    handler.wfile.write(content)


def whole(handler: BaseHTTPRequestHandler) -> None:
    send(handler, CONTENT)


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_model_arrives_whole_under_its_name(make_card, folders: Folders, server) -> None:
    card = make_card("small", CONTENT, url=server["url"])
    pieces: list[int] = []
    path = pull("small", progress=pieces.append)
    assert path == folders["chosen"] / card.file
    assert path.read_bytes() == CONTENT
    assert sum(pieces) == len(CONTENT)
    assert len(pieces) > 1
    assert left_behind(folders["chosen"]) == [card.file]


def test_a_good_file_is_not_fetched_again(make_card, folders: Folders, server) -> None:
    card = make_card("small", CONTENT, url=server["url"])
    (folders["cache"] / card.file).write_bytes(CONTENT)
    assert pull("small") == folders["cache"] / card.file
    assert server["requests"] == 0


def test_a_wrong_file_is_replaced(make_card, folders: Folders, server) -> None:
    card = make_card("small", CONTENT, url=server["url"])
    (folders["chosen"] / card.file).write_bytes(b"damaged")
    assert pull("small").read_bytes() == CONTENT


def test_a_missing_folder_is_made(
    make_card, folders: Folders, server, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_card("small", CONTENT, url=server["url"])
    monkeypatch.setenv("PASSERBY_MODELS", str(folders["chosen"] / "new" / "folder"))
    assert pull("small").parent == folders["chosen"] / "new" / "folder"


BAD_ANSWERS = {
    "other content": lambda handler: send(handler, CONTENT[::-1]),
    "too little": lambda handler: send(handler, CONTENT[:1000]),
    "breaks off": lambda handler: send(handler, CONTENT[:1000], len(CONTENT)),
    "too much": lambda handler: send(handler, CONTENT + b"more"),
    "nothing": lambda handler: send(handler, b""),
    "not found": lambda handler: handler.send_error(404),
    "no HTTP": lambda handler: handler.wfile.write(b"SSH-2.0\r\n"),
    "server error": lambda handler: handler.send_error(500),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_is_one_clear_line_and_leaves_nothing(
    name: str, make_card, folders: Folders, server
) -> None:
    make_card("small", CONTENT, url=server["url"])
    server["answer"] = BAD_ANSWERS[name]
    with pytest.raises(ModelError) as refused:
        pull("small")
    assert "small" in str(refused.value)
    assert server["url"] in str(refused.value)
    assert "\n" not in str(refused.value)
    assert left_behind(folders["chosen"]) == []


def test_a_bad_answer_leaves_the_file_that_was_there(make_card, folders: Folders, server) -> None:
    card = make_card("small", CONTENT, url=server["url"])
    (folders["chosen"] / card.file).write_bytes(b"older")
    server["answer"] = BAD_ANSWERS["breaks off"]
    with pytest.raises(ModelError):
        pull("small")
    assert (folders["chosen"] / card.file).read_bytes() == b"older"


def test_a_silent_server_is_given_up(make_card, folders: Folders, server) -> None:
    make_card("small", CONTENT, url=server["url"])
    released = threading.Event()
    server["answer"] = lambda _: released.wait(30)
    with pytest.raises(ModelError, match="cannot download"):
        pull("small", timeout=0.2)
    released.set()


def test_nobody_listening_is_one_clear_line(make_card, folders: Folders) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/model.onnx"
        make_card("small", CONTENT, url=url)
        with pytest.raises(ModelError, match=r"refused.*PASSERBY_MODELS"):
            pull("small")
    assert left_behind(folders["chosen"]) == []


def test_a_folder_that_cannot_be_made_is_one_clear_line(
    make_card, folders: Folders, server, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_card("small", CONTENT, url=server["url"])
    (folders["chosen"] / "file").touch()
    monkeypatch.setenv("PASSERBY_MODELS", str(folders["chosen"] / "file" / "folder"))
    with pytest.raises(ModelError, match="cannot be made"):
        pull("small")


def test_a_built_in_model_cannot_be_fetched(make_card, folders: Folders) -> None:
    card = make_card("ours", built_in=True)
    for content in (None, b"damaged"):
        if content is not None:
            (folders["package"] / card.file).write_bytes(content)
        with pytest.raises(
            ModelError, match=r"ours cannot be downloaded: .*install passerby again"
        ):
            pull("ours")
    assert left_behind(folders["chosen"]) == []


def test_a_built_in_model_need_not_be_fetched(make_card, folders: Folders) -> None:
    card = make_card("ours", CONTENT, built_in=True)
    (folders["package"] / card.file).write_bytes(CONTENT)
    assert pull("ours") == folders["package"] / card.file


def test_an_unknown_model_is_refused(make_card, folders: Folders) -> None:
    make_card("small")
    with pytest.raises(ConfigError, match="unknown model 'large'"):
        pull("large")
