"""What libraries and threads say is one line on the console."""

import logging
import threading
import warnings

import pytest

from passerby.cli.journal import heard

Capture = pytest.CaptureFixture[str]


def fail() -> None:
    raise ZeroDivisionError("of rtsp://me:s3cret@host/main")


def test_records_warnings_and_threads_are_one_line_each(capsys: Capture) -> None:
    with heard():
        logging.getLogger("passerby.deep").warning("a\x1b[31m\nsecond line")
        logging.getLogger("passerby.deep").debug("not this")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("odd \x07", stacklevel=1)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == r"passerby: a\x1b[31m"
    assert lines[1].endswith(r"UserWarning: odd \x07")
    assert lines[2].startswith("passerby: ZeroDivisionError: of rtsp://host/main (")
    assert len(lines) == 3


def test_on_request_it_is_told_where(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_TRACEBACK", "1")
    with heard():
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    printed = capsys.readouterr().err
    assert "in fail" in printed
    assert "s3cret" not in printed


def test_afterwards_all_is_as_before() -> None:
    before = (logging.getLogger().handlers[:], threading.excepthook, warnings.showwarning)
    with heard():
        pass
    assert before == (logging.getLogger().handlers, threading.excepthook, warnings.showwarning)
