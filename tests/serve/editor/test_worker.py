"""The process answers, and says what went wrong."""

from threading import Thread
from time import sleep

import pytest

from passerby.errors import InputError
from passerby.runs.edit.session import EditedCopy
from passerby.serve.editor.worker import EditWorker


def test_it_answers_until_it_is_closed(copy: EditedCopy) -> None:
    worker = EditWorker(copy)
    try:
        assert worker.facts()["frames"] == 16
        assert worker.state(())["outcomes"] == []
        assert worker.jpeg(3, ())[:2] == b"\xff\xd8"
        with pytest.raises(InputError, match="there is no frame 99"):
            worker.jpeg(99, ())
    finally:
        worker.close()
    with pytest.raises(InputError, match="has ended"):
        worker.facts()


def test_it_outlives_the_thread_that_opened_it(copy: EditedCopy) -> None:
    opened: list[EditWorker] = []

    def open_it() -> None:
        worker = EditWorker(copy)
        worker.facts()  # it has begun
        opened.append(worker)

    thread = Thread(target=open_it)
    thread.start()
    thread.join()
    sleep(0.5)
    try:
        assert opened[0].facts()["frames"] == 16
    finally:
        opened[0].close()
