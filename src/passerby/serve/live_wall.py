"""All cameras live, over one socket a browser: the newest picture of each, as it comes."""

import asyncio
from contextlib import suppress
from struct import Struct

from fastapi import APIRouter, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.exceptions import WebSocketException
from starlette.websockets import WebSocketDisconnect, WebSocketState

from passerby.serve.access import Viewer, Visitor
from passerby.serve.live_cameras import Watching

__all__ = ["router"]

_HEAD = Struct(">Bq")
"""Before each picture: the place of its camera in the list, and when it was released."""

_LOOK_AGAIN = 5.0
"""Seconds after which it is asked again whether the session, or the role, still holds."""

_MOST_CAMERAS = 255

router = APIRouter()


@router.websocket("/live")
async def _live_wall(socket: WebSocket, visitor: Viewer) -> None:
    await socket.accept()
    try:
        while socket.client_state is WebSocketState.CONNECTED:
            cameras = _cameras(visitor)
            await socket.send_json({"cameras": cameras})
            with visitor.console.live.watched(cameras) as watching:
                visitor = await _Wall(socket, watching, cameras).shown(visitor)
    except WebSocketException as error:  # logged out, or the role was withdrawn
        await socket.close(error.code, error.reason)
    except (WebSocketDisconnect, RuntimeError):
        pass  # the browser went away


class _Wall:
    """The cameras in one browser, which says when it has drawn a picture.

    Until then it gets no other one of that camera: pictures would wait in buffers on the way, and
    be late.
    """

    def __init__(self, socket: WebSocket, watching: Watching, cameras: list[str]) -> None:
        self._socket, self._watching, self._cameras = socket, watching, cameras
        self._drawn = set(cameras)

    async def shown(self, visitor: Visitor) -> Visitor:
        """Send pictures until the visitor may see other cameras.

        Raises:
            WebSocketDisconnect: If the browser goes away.
            WebSocketException: If the visitor may see nothing any more.
        """
        clock = asyncio.get_running_loop().time
        asked = clock()
        hearing = asyncio.ensure_future(self._hear())
        try:
            while _cameras(visitor) == self._cameras:
                await self._send()
                if hearing.done():
                    hearing.result()
                if clock() - asked >= _LOOK_AGAIN:
                    asked = clock()
                    visitor = await run_in_threadpool(visitor.rule, self._socket, QueryParams())
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await hearing
        return visitor

    async def _send(self) -> None:
        """Send what there is, or wait for it a while."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._watching.news.wait(), _LOOK_AGAIN / 5)
        for camera, picture in self._watching.take(self._drawn).items():
            self._drawn.discard(camera)
            head = _HEAD.pack(self._cameras.index(camera), picture.released)
            await self._socket.send_bytes(head + picture.jpeg)

    async def _hear(self) -> None:
        """Take down which cameras' pictures were drawn; whatever else comes is passed over."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            for place in message.get("bytes") or b"":
                if place < len(self._cameras):
                    self._drawn.add(self._cameras[place])
                    self._watching.news.set()


def _cameras(visitor: Visitor) -> list[str]:
    seen = visitor.cameras()
    shown = [one for one in visitor.console.cameras if seen is None or one in seen]
    return shown[:_MOST_CAMERAS]
