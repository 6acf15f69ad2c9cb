"""One connection to a receiver, from the first frame to its end or its fault."""

import av

from passerby.media import Medium
from passerby.sinks.encoding import Encoding
from passerby.sinks.live_encoder import LiveEncoder
from passerby.sinks.relay import ENVELOPE
from passerby.sinks.relay_process import RelayProcess
from passerby.types import AnonymizedFrame

__all__ = ["LiveConnection", "SendError"]


class SendError(Exception):
    """Why a connection ended: a few words that hold no address."""


class LiveConnection:
    """Encodes frames and sends them.

    Args:
        address: Where to send.
        output_format: FFmpeg's name of the format to send.
        medium: What the frames come from.
        encoding: How to encode them.
        timeout: Seconds after which a receiver that takes nothing is given up.

    Raises:
        SendError: If it cannot be started.
    """

    def __init__(
        self,
        address: str,
        output_format: str,
        medium: Medium,
        encoding: Encoding,
        timeout: float,
    ) -> None:
        self._timeout = timeout
        self._relay = RelayProcess(timeout)
        try:
            self._relay.address(address, output_format)
            self._encoder = LiveEncoder(self._relay, ENVELOPE, medium, encoding)
        except OSError as error:
            raise self._fault(error) from None
        except BaseException:
            self._relay.kill()
            raise

    @property
    def connected(self) -> bool:
        """Whether the receiver has taken the stream at least once."""
        return self._relay.connected

    def send(self, frame: AnonymizedFrame, moment: float) -> None:
        """Encode and send one frame; ``moment`` is its time in seconds.

        Raises:
            SendError: If the connection is lost; it has been closed then.
        """
        try:
            self._encoder.encode(frame, moment)
        except (OSError, av.FFmpegError) as error:
            raise self._fault(error) from None

    def finish(self) -> None:
        """Send what is left and end the stream.

        Raises:
            SendError: If the connection is lost.
        """
        try:
            self._encoder.close()
        except (OSError, av.FFmpegError) as error:
            raise self._fault(error) from None
        reason = self._relay.finish()
        if reason is not None:
            raise SendError(reason)

    def drop(self) -> None:
        """End the connection at once; what has not been sent is thrown away."""
        self._relay.kill()

    def _fault(self, error: Exception) -> SendError:
        """Close the connection and find out why it broke: the relay knows more than the pipe."""
        if isinstance(error, TimeoutError):
            self._relay.kill()
            return SendError(f"the receiver accepted nothing for {self._timeout:g} s")
        return SendError(self._relay.finish() or "the receiver ended the stream")
