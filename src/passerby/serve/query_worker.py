"""The one process of a console that sees a raw picture: it anonymizes and describes it, in memory.

What comes back is a signature of the anonymized picture. The picture itself is sent nowhere,
written nowhere and forgotten when it was described.
"""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError, PasserbyError, PrivacyError
from passerby.pipeline.stages import Pipeline
from passerby.runtime.process import begin_child
from passerby.runtime.reasons import reason_of
from passerby.serve.query_picture import describe_picture
from passerby.signatures.opening import open_describer
from passerby.site.settings import SiteSettings

__all__ = ["QueryWorker"]

_PATIENCE = 60
"""Seconds that it may take to begin and to describe a picture."""


class QueryWorker:
    """Describes pictures that were uploaded, one at a time; its process begins with the first.

    Args:
        site: A picture is anonymized as its first camera is.
    """

    def __init__(self, site: SiteSettings) -> None:
        self._site = site
        self._turn = Lock()
        self._pipe: Connection | None = None
        self._stop: Callable[[], None] = lambda: None

    def signature(self, content: bytes) -> npt.NDArray[np.float32]:
        """Describe a picture of a person.

        Args:
            content: A file of a picture.

        Returns:
            Shape (d,).

        Raises:
            InputError: If it cannot be read, or takes too long.
            PrivacyError: If it could not be anonymized.
        """
        with self._turn:
            pipe = self._pipe or self._begin()
            try:
                pipe.send_bytes(content)
                answer = pipe.recv() if pipe.poll(_PATIENCE) else None
            except (EOFError, OSError):
                answer = None
            if answer is None:
                self._end()
                raise InputError("the picture could not be described in time: try a smaller one")
        match answer:
            case str(said):
                raise PrivacyError(said)
            case (str(said),):
                raise InputError(said)
        return np.array(answer, np.float32)

    def close(self) -> None:
        """End its process."""
        with self._turn:
            self._end()

    def _begin(self) -> Connection:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._site, os.getpid()), daemon=True)
        process.start()
        theirs.close()

        def stop() -> None:
            process.kill()
            process.join()
            process.close()

        self._stop = stop
        return self._pipe

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._stop()
            self._pipe = None


def _work(pipe: Connection, site: SiteSettings, parent: int) -> None:
    """Describe what comes, until nothing comes any more."""
    begin_child(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    describer = open_describer(site.signature_model)
    with Pipeline(site.settings_of(site.cameras[0])) as pipeline:
        while True:
            try:
                content = pipe.recv_bytes()
            except EOFError:
                os._exit(0)
            try:
                pipe.send(describe_picture(content, pipeline, describer))
            except PrivacyError as error:
                pipe.send(str(error))
            except PasserbyError as error:
                pipe.send((str(error),))
            except Exception as error:  # noqa: BLE001  (of a picture that nobody foresaw)
                pipe.send((reason_of(error),))
            del content
