# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's side of a WebSocket, as far as the protocol needs it: text, ping, close."""
import asyncio
import base64
import json
import os
import struct

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Lost(Exception):
    """The connection is no more, or nobody knows."""


class WebSocket:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.heard = 0.0  # when there was last a byte

    @classmethod
    async def open(cls, port, limit):
        try:
            async with asyncio.timeout(limit):
                reader, writer = await asyncio.open_connection('127.0.0.1', port)
                key = base64.b64encode(os.urandom(16)).decode()
                writer.write((f'GET /beckon HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n'
                              f'Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n'
                              'Sec-WebSocket-Protocol: beckon.1\r\n\r\n').encode())
                answer = await reader.readuntil(b'\r\n\r\n')
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Lost(str(error)) from error
        if b' 101 ' not in answer.split(b'\r\n')[0]:
            writer.transport.abort()
            raise Lost(answer.split(b'\r\n')[0].decode())
        return cls(reader, writer)

    def write(self, opcode, data):
        """A mask of zeros leaves the bytes as they are."""
        size = len(data)
        head = struct.pack('!BB', 0x80 | opcode, 0x80 | size) if size < 126 else \
            struct.pack('!BBH', 0x80 | opcode, 0x80 | 126, size)
        if not self.writer.transport.is_closing():
            self.writer.write(head + bytes(4) + data)

    def send(self, frame):
        self.write(TEXT, json.dumps(frame).encode())

    def ping(self):
        self.write(PING, b'')

    async def read_frame(self):
        first, second = await self.reader.readexactly(2)
        size = second & 0x7f
        if size == 126:
            size, = struct.unpack('!H', await self.reader.readexactly(2))
        elif size == 127:
            size, = struct.unpack('!Q', await self.reader.readexactly(8))
        return first, await self.reader.readexactly(size)

    async def receive(self):
        """The next frame. Lost, when there is none any more."""
        text = b''
        try:
            while True:
                first, data = await self.read_frame()
                self.heard = asyncio.get_running_loop().time()
                if first & 0x0f == PING:
                    self.write(PONG, data)
                elif first & 0x0f == CLOSE:
                    raise Lost(f'closed: {data[2:].decode("utf-8", "replace")}')
                elif first & 0x0f != PONG:
                    text += data
                    if first & 0x80:
                        return json.loads(text)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Lost(str(error)) from error

    def abort(self):
        self.writer.transport.abort()
