# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests behind NATs have in common: connect two users, send, see which way it went."""
import contextlib
import hashlib
import json
import os
import sqlite3
import threading
import time

from natworld import SERVER_PORT
from nets import BLOCKED
from processes import Failure, LIMIT
from relay import PORT as TURN_PORT

SIZE = 1024 * 1024 + 4711  # that go each way
LITTLE = 128 * 1024  # more than checks and keep-alives of a path that carries nothing

DIRECT = 'direct'
RELAY = 'relay'


def ring(alice, bob):
    """Alice invites; returns the session's id when it rings at Bob's."""
    session = alice.ctl('invite', bob.address, 'Idle')['id']
    bob.wait('invitation', session=session)
    alice.wait('ringing', session=session)
    return session


def connect(alice, bob, session=None):
    """Bob accepts; returns the session's id when both have a channel."""
    session = session or ring(alice, bob)
    bob.ctl('accept', session)
    for user in (alice, bob):
        wait_path(user, session, DIRECT, RELAY)
    return session


def wait_path(user, session, *paths, timeout=None):
    """Waits until the channel is on one of the paths, and returns what is known of it."""
    user.wait(*(f'channel={path}' for path in paths), 'session-state=terminated', session=session,
              timeout=timeout or 2 * LIMIT)
    if user.session(session)['state'] == 'terminated':
        raise Failure(f'{user.label}: the session is over: {user.session(session)}')
    return user.ctl('session', 'channel', session)


def end(alice, bob, session):
    alice.ctl('cancel', session)
    for user in (alice, bob):
        user.wait_session(session)


def wait_clean(user):
    """Waits until nothing is left of the channels at the user's machine. Nothing tells of the last packet of a
    connection that is given up, so this one has to look."""
    deadline = time.monotonic() + LIMIT
    while left := user.host.sockets_but(SERVER_PORT):
        if time.monotonic() > deadline:
            raise Failure(f'{user.label} still has sockets of a session that is over:\n{left}')
        time.sleep(0.02)


# ---- data ----

def send_all(made, data):
    made.sendall(data)


def receive(made, size):
    """Exactly so many bytes, as a digest."""
    digest, left = hashlib.sha256(), size
    while left > 0:
        data = made.recv(min(left, 65536))
        if not data:
            raise Failure(f'the stream ended {left} bytes early')
        digest.update(data)
        left -= len(data)
    return digest.digest()


def carry(source, target, size=SIZE):
    """Sends random bytes from one socket to the other and compares."""
    data = os.urandom(size)
    sender = threading.Thread(target=send_all, args=(source, data))
    sender.start()
    try:
        if receive(target, size) != hashlib.sha256(data).digest():
            raise Failure('other bytes came than were sent')
    finally:
        sender.join()


def exchange(alice, bob, session, name='data', size=SIZE):
    """The same amount each way over a new stream, which is open afterwards."""
    one, other = alice.open(session, name), bob.open(session, name)
    carry(one, other, size)
    carry(other, one, size)
    return one, other


# ---- which way it went ----

def classify(world, other, traffic):
    """Bytes by what they went through: the other side itself, the relay (at its own port by udp or tcp, or at a port
    where it receives for the other side), the messenger's server, or something that nobody should have spoken to."""
    sums = {'direct': 0, 'relay-udp': 0, 'relay-tcp': 0, 'relay-far': 0, 'server': 0, 'stranger': 0}
    relay = {world.relay.node.ipv4, world.relay.node.ipv6} if world.relay is not None else set()
    server = {world.node.ipv4, world.node.ipv6}
    for (address, protocol, port), count in traffic.items():
        if address in relay:
            sums[f'relay-{protocol}' if port == TURN_PORT else 'relay-far'] += count
        elif address in server and port == SERVER_PORT:
            sums['server'] += count
        elif protocol == 'udp' and address in other.host.addresses:
            sums['direct'] += count
        else:
            sums['stranger'] += count
    return sums


def ways_of(user, path):
    """Through what the data of a channel on that path may go at the user's own network card."""
    if path == DIRECT:
        return {'direct'}
    return {'relay-tcp'} if user.host.kind == BLOCKED else {'relay-udp', 'relay-far'}


def expect_way(world, user, other, path):
    """All that was sent went on the path in each direction, and next to nothing anywhere else."""
    expected = ways_of(user, path)
    for way in ('out', 'in'):
        sums = classify(world, other, user.host.traffic(way))
        if sum(sums[name] for name in expected) < SIZE:
            raise Failure(f'{user.label} {way}: too little went {path}: {sums}')
        if any(count > LITTLE for name, count in sums.items() if name not in expected):
            raise Failure(f'{user.label} {way}: something went another way than {path}: {sums}')


def expect_silence(world, user, other):
    """Nothing but the messenger's own connection."""
    for way in ('out', 'in'):
        sums = classify(world, other, user.host.traffic(way))
        del sums['server']
        if any(sums.values()):
            raise Failure(f'{user.label} {way}: there were packets before the consent: {sums}')


def kinds_sent(world, session):
    """The kinds of the envelopes of a session, in the order in which the server took them."""
    with contextlib.closing(sqlite3.connect(f'file:{world.folder}/server.db?mode=ro', uri=True)) as database:
        rows = database.execute('SELECT frame FROM envelopes WHERE session = ? ORDER BY id', (session,)).fetchall()
    return [json.loads(frame)['envelope']['kind'] for (frame,) in rows]
