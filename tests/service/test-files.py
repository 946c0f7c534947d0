#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files from one service to another, over a real channel."""
import hashlib
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import ROOT, SESSIONS, refused, wait
from files import FILE_GUID, accept, offer, send, transfer, wait_end
from pair import Pair, ALICE, BOB

DECLINED, CANCELLED_REMOTE, CANCELLED_LOCAL, ENDED = 2, 5, 10, 14
SIZE = 200 * 1024 * 1024


class Shared:
    """One pair for the cases that leave the services as they are."""

    pair = None

    @classmethod
    def get(cls):
        if cls.pair is None:
            cls.pair = Pair().__enter__()
        return cls.pair

    @classmethod
    def close(cls, *error):
        if cls.pair is not None:
            pair, cls.pair = cls.pair, None
            pair.__exit__(*(error or (None, None, None)))


def make(pair, name, content):
    path = pair.buses[0].dir / name
    path.write_bytes(content)
    return path


def folder(pair, name):
    path = pair.buses[1].dir / name
    path.mkdir(exist_ok=True)
    return path


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest() if hasattr(hashlib, 'file_digest') else \
            hashlib.sha256(file.read()).hexdigest()


def test_a_file():
    pair = Shared.get()
    place = folder(pair, 'a-file')
    for content in (b'', b'1', os.urandom(1024 * 1024 + 7)):
        path = make(pair, 'letter.txt', content)
        one, two = offer(pair, path)
        alice, bob = transfer(pair.ui[0], one), transfer(pair.ui[1], two)
        assert alice == {'name': 'letter.txt', 'size': len(content), 'done': 0, 'rate': 0, 'state': 'offered',
                         'outgoing': True, 'folder': '', 'path': ''}, alice
        assert bob == {**alice, 'outgoing': False}, bob
        assert pair.ui[1].get('Session1', 'ApplicationName', two) == 'File'
        accept(pair, two, place)
        assert wait_end(pair, one, two) == [ENDED, ENDED]
        alice, bob = transfer(pair.ui[0], one), transfer(pair.ui[1], two)
        assert (alice['state'], alice['done'], alice['rate']) == ('done', len(content), 0), alice
        assert (bob['state'], bob['done'], bob['folder']) == ('done', len(content), str(place)), bob
        assert pathlib.Path(bob['path']).read_bytes() == content
        assert os.stat(bob['path']).st_mode & 0o777 == 0o600
        texts = [ui.get('Session1', 'ResultText', p) for ui, p in zip(pair.ui, (one, two))]
        assert texts == [f'{BOB.split("@")[0]} has received “letter.txt”.', 'You have received “letter.txt”.'], texts
    assert sorted(p.name for p in place.iterdir()) == ['letter (2).txt', 'letter (3).txt', 'letter.txt']


if __name__ == '__main__':
    try:
        tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
    finally:
        Shared.close(*sys.exc_info())
