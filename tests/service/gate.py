# SPDX-License-Identifier: GPL-3.0-or-later
"""A door between a service and its server, which lets through what the test says."""
import contextlib
import json
import select
import socket
import threading


def messages(stream):
    """The texts of a WebSocket client, none of which comes in pieces, as JSON."""
    at = stream.find(b'\r\n\r\n') + 4
    while at >= 4 and len(stream) >= at + 2:
        kind, length, start = stream[at] & 15, stream[at + 1] & 127, at + 2
        wide = {126: 2, 127: 8}.get(length, 0)
        if wide:
            length = int.from_bytes(stream[start:start + wide], 'big')
        mask, start = stream[start + wide:start + wide + 4], start + wide + 4
        at = start + length
        if kind == 1 and len(stream) >= at:
            yield json.loads(bytes(byte ^ mask[i % 4] for i, byte in enumerate(stream[start:at])))


class Gate:
    """Listens on a port of its own and hands everything on to the server, until it is told to hold something back."""

    def __init__(self, server_address):
        self.server = ('127.0.0.1', int(server_address.rpartition(':')[2]))
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.pairs = []  # (socket of the service, socket of the server)
        self.dead = []  # the same, of connections that nobody knows to be dead
        self.lock = threading.Lock()
        self.held = self.closing = False
        self.heard = {}  # socket of the service → all that came from it
        self.bell, self.ringer = socket.socketpair()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    @property
    def address(self):
        return f'ws://127.0.0.1:{self.listener.getsockname()[1]}'

    # -- from the test

    def hold(self):
        """What the service says does not arrive any more; what it is told still does."""
        with self.lock:
            self.held = True
        self.ringer.send(b'x')

    def open(self):
        with self.lock:
            self.held = False
        self.ringer.send(b'x')

    def drop(self):
        """The connections break; what was held back is lost. New ones are let through."""
        with self.lock:
            for pair in self.pairs + self.dead:
                self.end(pair)
            self.pairs.clear()
            self.dead.clear()
            self.held = False
        self.ringer.send(b'x')

    def freeze(self):
        """The connections are dead, and nobody is told: nothing passes any more. New ones are let through."""
        with self.lock:
            self.dead += self.pairs
            self.pairs.clear()
        self.ringer.send(b'x')

    def lead_to(self, server_address):
        """From now on; connections that there are stay where they are."""
        with self.lock:
            self.server = ('127.0.0.1', int(server_address.rpartition(':')[2]))

    def frames(self):
        """What the service has said so far, whole messages, oldest connection first."""
        with self.lock:
            streams = list(self.heard.values())
        return [frame for stream in streams for frame in messages(stream)]

    def close(self):
        self.closing = True
        self.ringer.send(b'x')
        self.thread.join()
        self.drop()
        for one in (self.listener, self.bell, self.ringer):
            one.close()

    # -- in its thread

    @staticmethod
    def end(pair):
        for one in pair:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def accept(self):
        service, _ = self.listener.accept()
        try:
            server = socket.create_connection(self.server)
        except OSError:
            service.close()
            return
        with self.lock:
            self.pairs.append((service, server))

    def carry(self, pair, source, target):
        try:
            data = source.recv(65536)
            if source is pair[0]:
                self.heard[source] = self.heard.get(source, b'') + data
            target.sendall(data)
        except OSError:
            data = b''
        if not data:
            self.end(pair)
            self.pairs.remove(pair)

    def carry_all(self, ready):
        """With the lock, so that nothing passes once hold () has returned."""
        with self.lock:
            for pair in list(self.pairs):
                service, server = pair
                if service in ready and not self.held:
                    self.carry(pair, service, server)
                if server in ready and pair in self.pairs:
                    self.carry(pair, server, service)

    def run(self):
        while not self.closing:
            with self.lock:
                watched = [self.listener, self.bell]
                for service, server in self.pairs:
                    watched += [server] if self.held else [service, server]
            try:
                ready = select.select(watched, [], [])[0]
            except (OSError, ValueError):  # one of them was closed by drop ()
                continue
            if self.bell in ready:
                self.bell.recv(4096)
            if self.listener in ready:
                self.accept()
            self.carry_all(ready)
