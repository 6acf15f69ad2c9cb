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
    gone = asyncio.ensure_future(_until_gone(socket))
    try:
        while not gone.done():
            cameras = _cameras(visitor)
            await socket.send_json({"cameras": cameras})
            with visitor.console.live.watched(cameras) as watching:
                visitor = await _shown(socket, visitor, watching, cameras, gone)
    except WebSocketException as error:  # logged out, or the role was withdrawn
        await socket.close(error.code, error.reason)
    except (WebSocketDisconnect, RuntimeError):
        pass  # the browser went away in the middle of a picture
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone


async def _shown(
    socket: WebSocket,
    visitor: Visitor,
    watching: Watching,
    cameras: list[str],
    gone: "asyncio.Future[None]",
) -> Visitor:
    """Send pictures until the browser is gone, or the visitor may see other cameras."""
    clock = asyncio.get_running_loop().time
    asked = clock()
    while not gone.done():
        with suppress(TimeoutError):
            await asyncio.wait_for(watching.news.wait(), _LOOK_AGAIN / 5)
        for camera, picture in watching.take().items():
            head = _HEAD.pack(cameras.index(camera), picture.released)
            await socket.send_bytes(head + picture.jpeg)
        if clock() - asked >= _LOOK_AGAIN:
            asked = clock()
            visitor = await run_in_threadpool(visitor.rule, socket, QueryParams())
            if _cameras(visitor) != cameras:
                break
    return visitor


async def _until_gone(socket: WebSocket) -> None:
    """Wait until the browser hangs up; whatever it sends is passed over."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while socket.client_state is not WebSocketState.DISCONNECTED:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return


def _cameras(visitor: Visitor) -> list[str]:
    seen = visitor.cameras()
    shown = [one for one in visitor.console.cameras if seen is None or one in seen]
    return shown[:_MOST_CAMERAS]
