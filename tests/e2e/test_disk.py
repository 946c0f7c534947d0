#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk with the user's data is full: nothing is lost, and all goes on when there is room."""
import os
import shutil
import subprocess
import sys

from cases import expect_end, tap, wait_entry
from world import World

INSIDE = 'BECKON_TEST_OWN_MOUNTS'


def enter_own_mounts():
    """Starts this script again where it may mount what it likes, and nobody else sees it."""
    if os.environ.get(INSIDE):
        return True
    for command in (['unshare', '--mount'], ['unshare', '--map-root-user', '--mount']):
        if subprocess.run([*command, 'true'], capture_output=True, check=False).returncode == 0:
            os.execvpe(command[0], [*command, sys.executable, *sys.argv], {**os.environ, INSIDE: '1'})
    return False


class Disk:
    """A small disk for the data of a user; the service has not been started yet."""

    def __init__(self, user):
        self.path = user.folder / 'data'
        self.ballast = self.path / 'ballast'
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', str(self.path)],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            raise tap.Skip(f'nothing can be mounted here: {mounted.stderr.strip()}')
        user.ensure_pipe()

    def fill(self):
        with open(self.ballast, 'wb', buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        assert shutil.disk_usage(self.path).free == 0

    def empty(self):
        self.ballast.unlink()

    def leave(self):
        subprocess.run(['umount', '--lazy', str(self.path)], check=False)


def make_world(world):
    """Alice, and bob with a small disk."""
    if not os.environ.get(INSIDE):
        raise tap.Skip('nobody may mount anything here')
    world.expected_warning = 'The disk is full|What came before could not be stored'
    alice, bob = world.user('alice'), world.user('bob')
    disk = Disk(bob)
    for user in (alice, bob):
        user.create_account()
    alice.befriend(bob)
    bob.send('alice', 'before')
    alice.send('bob', 'ready')
    bob.wait('message=ready', who='alice')  # and whatever came before it is on the disk
    return alice, bob, disk


def account(user):
    return user.ctl('account', 'list')[0]


def wait_for_room(user, disk):
    disk.empty()
    user.ctl('account', 'sign-in')
    user.wait('account-state=online')


def test_sending():
    with World() as world:
        alice, bob, disk = make_world(world)
        pid = bob.service_pid()
        disk.fill()
        failed = bob.refused('chat', 'send', 'alice', 'lost')
        assert failed.error == 'Storage' and 'The disk is full' in failed.text, failed.text
        disk.empty()
        bob.send('alice', 'after')
        alice.wait('message=after', who='bob')
        assert alice.texts('bob') == ['before', 'after']
        assert [entry['text'] for entry in bob.ctl('chat', 'alice')] == ['before', 'ready', 'after']
        assert bob.service_pid() == pid
        disk.leave()


def test_receiving():
    with World() as world:
        alice, bob, disk = make_world(world)
        pid = bob.service_pid()
        disk.fill()
        alice.send('bob', 'one')
        bob.wait('account-state=waiting')
        assert account(bob)['error'] == 'im.beckon.Error.Storage', account(bob)
        assert 'The disk is full' in account(bob)['error_text'], account(bob)
        alice.send('bob', 'two')
        assert bob.texts('alice') == ['ready']
        wait_for_room(bob, disk)
        bob.wait('message=two', who='alice')
        assert bob.texts('alice') == ['ready', 'one', 'two'] and bob.service_pid() == pid
        disk.leave()


def test_an_invitation():
    with World() as world:
        alice, bob, disk = make_world(world)
        disk.fill()
        session = alice.ctl('invite', bob.address, 'Pipe')['id']
        bob.wait('account-state=waiting')
        assert bob.entry('alice', session) is None
        wait_for_room(bob, disk)
        alice.wait('ringing', session=session)
        wait_entry(bob, 'alice', session, (False, 'Alice invited you to Pipe.', 'none', ''))
        bob.ctl('decline', session)
        expect_end(session, 'invitation-declined', alice, bob)
        wait_entry(bob, 'alice', session,
                   (False, 'Alice invited you to Pipe.', 'invitation-declined', 'You declined.'))
        disk.leave()


if __name__ == '__main__':
    enter_own_mounts()
    tap.run([test_sending, test_receiving, test_an_invitation])
