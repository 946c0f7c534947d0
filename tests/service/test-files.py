#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files from one service to another, over a real channel."""
import hashlib
import os
import pathlib
import signal
import sys
import time

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import SESSIONS, SLOWNESS, refused
from files import FILE_GUID, accept, offer, send, transfer, wait_end, wait_for_disk
from pair import ALICE, BOB, Pair, Shared

DECLINED, CANCELLED_LOCAL, CANCELLED_REMOTE, ENDED = 2, 5, 6, 14
# So large that nobody is done with it before he is stopped, and nearly all of it nothing; and how much of it comes.
LARGE = (512 if SLOWNESS == 1 else 128) * 1024 * 1024
REST = (32 if SLOWNESS == 1 else 8) * 1024 * 1024


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


def test_refused():
    pair = Shared.get()
    alice, bob = pair.ui
    path = make(pair, 'x', b'x')
    refused('InvalidArgument', send, alice, pair.buses[0].dir)
    refused('InvalidArgument', send, alice, '/dev/null')
    refused('InvalidArgument', send, alice, path, flags=os.O_WRONLY)
    refused('InvalidArgument', send, alice, path, flags=os.O_PATH)
    refused('InvalidArgument', send, alice, path, '')
    refused('InvalidArgument', send, alice, path, '../x')
    refused('InvalidArgument', send, alice, path, 'x' * 256)
    refused('InvitedSelf', send, alice, path, who=ALICE)
    refused('UserNotFound', send, alice, path, who='carol@localhost')
    refused('InvalidArgument', alice.call, 'Messenger1', 'SendFile', '(oshsa{sv})', '/', BOB, 0, 'x', {})
    refused('InvalidArgument', alice.call, 'Registry1', 'RegisterApplication', '(ssss)', FILE_GUID, 'File', '', '/bin/true')
    one, two = offer(pair, path)
    refused('NotInvitee', alice.call, 'Session1', 'AcceptFile', '(s)', '/tmp', path=one)
    refused('InvalidArgument', accept, pair, two, 'relative')
    refused('Storage', accept, pair, two, '/proc/self')
    app = pair.buses[1].client()
    app.attach(SESSIONS)
    refused('NotFound', app.call, 'Session1', 'AcceptFile', '(s)', '/tmp', path=two, door=SESSIONS)
    bob.call('Session1', 'Decline', '(s)', '', path=two)
    assert wait_end(pair, one, two) == [DECLINED, DECLINED]
    assert transfer(alice, one)['state'] == transfer(bob, two)['state'] == 'failed'
    invited = pair.invite()
    refused('NotSupported', alice.call, 'Session1', 'AcceptFile', '(s)', '/tmp', path=invited)
    alice.call('Session1', 'Cancel', '(us)', 0, '', path=invited)
    alice.wait_signal('Termination', invited)


def test_in_the_history():
    pair = Shared.get()
    place = folder(pair, 'downloads')
    pair.ui[1].call('Messenger1', 'SetSettings', '(a{sv})', {'download-folder': GLib.Variant('s', str(place))})
    source = make(pair, 'minutes.odt', b'minutes')
    one, two = offer(pair, source)
    pair.ui[1].call('Session1', 'Accept', '(s)', '', path=two)
    wait_end(pair, one, two)
    for side, (path, where) in enumerate(((one, str(source)), (two, str(place / 'minutes.odt')))):
        pair.wait_entry(side, ENDED, path)
        ui = pair.ui[side]
        talk = ui.call('Account1', 'GetConversation', '(s)', ALICE if side else BOB, path=pair.accounts[side])
        entry = ui.call('Conversation1', 'ListMessages', '(xu)', 2 ** 62, 1, path=talk)[0][7]
        assert (entry['application'], entry['file-name'], entry['file-size']) == (FILE_GUID, 'minutes.odt', 7), entry
        assert entry.get('file-path') == where, entry


def memory(process):
    lines = pathlib.Path(f'/proc/{process.pid}/status').read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith('VmHWM')) * 1024


def test_cancel():
    pair = Shared.get()
    path = make(pair, 'large', b'begin')
    os.truncate(path, LARGE)
    place = folder(pair, 'cancelled')
    for side, (here, there) in enumerate(((CANCELLED_LOCAL, CANCELLED_REMOTE), (CANCELLED_REMOTE, CANCELLED_LOCAL))):
        one, two = offer(pair, path)
        accept(pair, two, place)
        pair.ui[1].wait_signal('Changed', two, lambda c: c.get('Transfer', {}).get('done', 0) > 0)
        pair.ui[side].call('Session1', 'Cancel', '(us)', 0, '', path=(one, two)[side])
        assert wait_end(pair, one, two) == [here, there]
        wait_for_disk(lambda: not list(place.iterdir()), 'what was received to go')
    path.unlink()


def test_the_receiver_is_killed():
    """Much of it is there already when the same file is sent once more. Nothing is held in memory, and how far it is is
    told now and then."""
    with Pair() as pair:
        path = make(pair, 'large', os.urandom(REST // 8))
        os.truncate(path, LARGE)
        place = folder(pair, 'killed')
        before = [memory(pair.services[0])]
        one, two = offer(pair, path)
        accept(pair, two, place)
        pair.wait_entry(1, 0, two)
        pair.ui[1].wait_signal('Changed', two, lambda c: c.get('Transfer', {}).get('done', 0) > REST // 8)
        pair.services[1].send_signal(signal.SIGSTOP)
        pair.buses[1].kill(pair.services[1])
        part = place / '.large.part'
        there = part.stat().st_size  # until it is dead something may still be written
        assert REST // 8 < there < LARGE - REST
        pair.services[1] = pair.start_service(pair.buses[1])
        pair.ui[1] = pair.buses[1].client()
        pair.ui[1].attach()
        pair.ui[0].wait_signal('Termination', one, seconds=60)
        assert transfer(pair.ui[0], one)['state'] == 'failed'
        assert part.stat().st_size == there
        there = LARGE - REST
        os.truncate(part, there)  # as if more of it had come: it is what is in the file
        pair.wait_relation(0, BOB, 3)
        before.append(memory(pair.services[1]))
        one, two = offer(pair, path)
        begin = time.monotonic()
        accept(pair, two, place)
        assert wait_end(pair, one, two, seconds=120) == [ENDED, ENDED]
        seconds = time.monotonic() - begin
        print(f'# {REST / 1e6 / seconds:.0f} MB/s')
        assert [p.name for p in place.iterdir()] == ['large']
        assert digest(path) == digest(place / 'large')
        changes = [s[2]['Transfer'] for s in pair.ui[1].signals if s[:2] == (two, 'Changed') and 'Transfer' in s[2]]
        waiting = [change['done'] for change in changes if change['state'] == 'waiting']
        running = [change['done'] for change in changes if change['state'] == 'running']
        assert set(waiting) == {there}, (waiting, there)
        assert running == sorted(running) and len(running) <= 4 * seconds + 4, (running, seconds)
        for process, size in zip(pair.services, before):
            assert memory(process) < size + 32 * 2 ** 20 * SLOWNESS, (size, memory(process))


if __name__ == '__main__':
    try:
        tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
    finally:
        Shared.close(*sys.exc_info())
