# SPDX-License-Identifier: GPL-3.0-or-later
"""The network between devices and server. It does what TCP may do: it delays, stands still and goes on, breaks, or
swallows what is sent from some moment on for ever. It never lets a byte go missing from a stream that goes on."""
import asyncio

PIECE = 16384


class Way:
    """One direction of a connection."""

    def __init__(self, line, reader, writer):
        self.line = line
        self.reader = reader
        self.writer = writer
        self.swallows = False

    async def run(self):
        while data := await self.reader.read(PIECE):
            if self.line.delay > 0:
                await asyncio.sleep(self.line.delay)
            await self.line.open_gate.wait()
            if not self.swallows:
                self.writer.write(data)
                await self.writer.drain()
        await self.line.open_gate.wait()
        if not self.swallows:
            self.writer.write_eof()


class Line:
    """One connection."""

    def __init__(self, proxy, near, far):
        self.proxy = proxy
        self.delay = 0.0
        self.open_gate = asyncio.Event()
        self.open_gate.set()
        self.ways = [Way(self, near[0], far[1]), Way(self, far[0], near[1])]
        self.writers = [near[1], far[1]]
        self.near_port = near[1].get_extra_info('peername')[1]

    async def run_way(self, way):
        try:
            await way.run()
        except OSError:
            self.abort()

    def abort(self):
        """Both ends hear of it at once."""
        for writer in self.writers:
            writer.transport.abort()
        self.proxy.lines.discard(self)

    async def run(self):
        self.proxy.lines.add(self)
        await asyncio.gather(*map(self.run_way, self.ways))
        self.abort()

    def stand_still(self, seconds):
        """Then everything arrives that was sent meanwhile."""
        self.open_gate.clear()
        asyncio.get_running_loop().call_later(seconds, self.open_gate.set)

    def half_open(self, up, down, seconds):
        """From now on nothing arrives (at the server, at the device), and nobody is told until it breaks."""
        self.ways[0].swallows |= up
        self.ways[1].swallows |= down
        asyncio.get_running_loop().call_later(seconds, self.abort)


class Proxy:
    def __init__(self, server_port):
        self.server_port = server_port
        self.lines = set()
        self.delay = 0.0
        self.listener = None
        self.port = 0

    async def start(self):
        self.listener = await asyncio.start_server(self.on_connection, '127.0.0.1', 0)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def on_connection(self, reader, writer):
        try:
            far = await asyncio.open_connection('127.0.0.1', self.server_port)
        except OSError:
            writer.transport.abort()
            return
        line = Line(self, (reader, writer), far)
        line.delay = self.delay
        await line.run()

    def set_delay(self, seconds):
        self.delay = seconds
        for line in self.lines:
            line.delay = seconds

    def find(self, port):
        """The connection from that port."""
        return next((line for line in self.lines if line.near_port == port), None)

    def choose(self, dice, share):
        """Some of the connections, at least one if there is any."""
        lines = sorted(self.lines, key=id)
        return dice.sample(lines, max(1, int(len(lines) * share))) if lines else []

    def heal(self):
        """What swallows is broken off: it never goes on."""
        self.set_delay(0.0)
        for line in list(self.lines):
            line.open_gate.set()
            if any(way.swallows for way in line.ways):
                line.abort()
