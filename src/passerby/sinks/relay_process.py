"""The process that sends an encoded stream on, as a file that can be written to."""

import os
import select
import subprocess
import sys
from contextlib import suppress
from typing import IO, cast

from passerby.sinks import relay

__all__ = ["RelayProcess"]


class RelayProcess:
    """Starts `passerby.sinks.relay` and feeds it; no call waits longer than the timeout.

    Args:
        timeout: Seconds after which a relay that takes nothing is given up.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._process = subprocess.Popen(  # noqa: S603  (our own program, no shell)
            [sys.executable, "-P", relay.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            process_group=0,  # so that Ctrl-C reaches us alone, and what is encoded is still sent
        )
        self._input = cast("IO[bytes]", self._process.stdin)
        self._output = cast("IO[bytes]", self._process.stdout)
        self._errors = cast("IO[bytes]", self._process.stderr)
        self._connected = False
        os.set_blocking(self._input.fileno(), False)
        os.set_blocking(self._output.fileno(), False)

    @property
    def connected(self) -> bool:
        """Whether the receiver has taken the stream at least once."""
        if not self._connected and not self._output.closed:
            self._connected = bool(self._output.read())
        return self._connected

    def address(self, address: str, output_format: str) -> None:
        """Say where to send and as what; not on the command line, which every user can read.

        Args:
            address: Where to send.
            output_format: FFmpeg's name of the format to send.

        Raises:
            OSError: As `write`.
        """
        self.write(f"{address}\n{output_format}\n".encode())

    def write(self, data: bytes) -> int:
        """Pass bytes on; return how many, as FFmpeg asks of a file.

        Raises:
            BrokenPipeError: If the relay has ended.
            TimeoutError: If it takes nothing for as long as the timeout.
        """
        rest = memoryview(data)
        writable = select.poll()
        writable.register(self._input, select.POLLOUT)
        while rest:
            if not writable.poll(self._timeout * 1000):
                raise TimeoutError
            rest = rest[os.write(self._input.fileno(), rest) :]
        return len(data)

    def finish(self) -> str | None:
        """Let the relay send what is left; return why it failed, or None if it did not."""
        self._input.close()
        try:
            code = self._process.wait(self._timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"the receiver accepted nothing for {self._timeout:g} s"
        reason = self._errors.read().decode(errors="replace").strip()
        self.kill()
        if code == 0:
            return None
        # More than one line is a crash report, which may hold the address.
        return reason if code == 1 and "\n" not in reason else f"exit code {code}"

    def kill(self) -> None:
        """End the relay at once; nothing more is sent. Calling it twice does no harm."""
        self._process.kill()
        self._process.wait()
        self._connected = self.connected
        for pipe in (self._input, self._output, self._errors):
            with suppress(BrokenPipeError):
                pipe.close()
