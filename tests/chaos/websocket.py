# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's side of a connection: texts on a WebSocket, which is that of the library."""
import asyncio
import json
import logging
import socket

import websockets

BEAT = 1.0  # seconds between two questions whether the other end is still there
CLOSING = 0.2  # how long one that does not answer is waited for

logging.getLogger('websockets').setLevel(logging.CRITICAL)  # that connections break is the point here


class Lost(Exception):
    """The connection is no more, or nobody knows."""


async def open_line(port):
    """Our own: the library would ask the environment for a proxy."""
    line = socket.socket()
    line.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(line, ('127.0.0.1', port))
    except BaseException:
        line.close()
        raise
    return line


class WebSocket:
    def __init__(self, connection):
        self.connection = connection

    @classmethod
    async def open(cls, port, limit):
        """@limit: seconds, also in which there must be a sign of life."""
        try:
            async with asyncio.timeout(limit):
                return cls(await websockets.connect(
                    f'ws://127.0.0.1:{port}/beckon', sock=await open_line(port), subprotocols=['beckon.1'],
                    compression=None, ping_interval=BEAT, ping_timeout=limit, close_timeout=CLOSING))
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            raise Lost(str(error) or repr(error)) from error

    @property
    def port(self):
        """Our end of the connection."""
        return self.connection.local_address[1]

    async def send(self, frame):
        try:
            await self.connection.send(json.dumps(frame))
        except websockets.ConnectionClosed as error:
            raise Lost(str(error)) from error

    async def receive(self):
        """The next frame. Lost, when there is none any more."""
        try:
            return json.loads(await self.connection.recv())
        except websockets.ConnectionClosed as error:
            raise Lost(str(error)) from error

    def abort(self):
        self.connection.transport.abort()
