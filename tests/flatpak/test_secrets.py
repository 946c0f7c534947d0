#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where passwords and keys are kept in the sandbox: by the portal's secret where there is one, else in a file that is
nobody's but the user's."""
import configparser
import os
import shutil

import box
import tap
from boxed import BoxedUser
from portals import Portals
from processes import LIMIT
from world import World

SECRET = b'0123456789abcdef' * 4  # of the portal, one for all that an application keeps
WARNING = 'No keyring answered'


class Keeper(BoxedUser):
    """Keeps secrets as people do, and not as other tests."""

    def make_environment(self):
        environment = super().make_environment()
        del environment['BECKON_SECRETS']
        return environment

    @property
    def plain(self):
        """Where they are where there is no portal."""
        return self.inside / 'data/beckon/secrets.keyfile'

    @property
    def keyring(self):
        """Where they are where there is one."""
        return self.inside / 'data/keyrings/default.keyring'

    def in_plain(self):
        """What our own file has, in the order of it."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(self.plain, encoding='utf-8')
        return list(parser['Secrets'].values()) if parser.has_section('Secrets') else []

    def comes_back(self):
        """Online again without having been asked for a password."""
        self.wait('account-state=online')

    def warning(self):
        return self.run([*self.command('beckonctl'), 'account', 'list']).stderr

    def restart_bus(self):
        """As at the next login."""
        self.stop_service()
        self.bus.close_sync(None)
        self.bus_process.terminate()
        self.bus_process.wait(LIMIT)
        shutil.rmtree(self.folder / 'services')
        self.bus_process = self.start_bus()


class SecretPortal(Portals):
    """Gives the application its secret."""

    def __init__(self, user):
        super().__init__(user, 'Secret')

    def ask(self, method):
        asked = super().ask(method)

        def answered(*arguments):
            if method == 'RetrieveSecret':
                os.write(self.descriptors[0], SECRET)
            return asked(*arguments)

        return answered


def is_shut(path):
    """Nobody else reads it."""
    assert path.stat().st_mode & 0o777 == 0o600, oct(path.stat().st_mode)
    assert path.parent.stat().st_mode & 0o777 == 0o700, oct(path.parent.stat().st_mode)


def found(world, texts):
    """The files of all that the world is made of, logs included, that have one of the texts."""
    texts = [text.encode() if isinstance(text, str) else text for text in texts]
    return {path for path in world.folder.rglob('*') if path.is_file() and not path.is_symlink()
            and any(text in path.read_bytes() for text in texts)}


def test_without_a_portal():
    """In a file of our own, which says so; over the next start of the service and of the bus; gone with the account."""
    box.install()
    with World() as world:
        bob = world.user('bob', kind=Keeper)
        bob.create_account()
        bob.comes_back()
        assert len(bob.in_plain()) > 1, bob.in_plain()
        is_shut(bob.plain)
        assert WARNING in bob.warning() and str(bob.plain) in bob.warning(), bob.warning()
        for restart in (bob.stop_service, bob.restart_bus):
            restart()
            bob.comes_back()
        bob.stop_service()  # it may be writing a newer token
        kept = bob.in_plain()
        assert found(world, kept) == {bob.plain}, found(world, kept)
        assert not found(world, [bob.password]), found(world, [bob.password])
        bob.ctl('account', 'remove', bob.address)
        assert bob.in_plain() == [] and not found(world, kept), found(world, kept)
        assert WARNING not in bob.warning(), bob.warning()


def test_with_a_portal():
    """In libsecret's file, which nobody reads without what the portal knows."""
    box.install()
    with World() as world:
        bob = world.user('bob', kind=Keeper)
        portal = SecretPortal(bob)
        bob.create_account()
        bob.comes_back()
        portal.wait_call('RetrieveSecret', LIMIT)
        assert bob.keyring.is_file() and bob.in_plain() == [], list(bob.inside.rglob('*'))
        is_shut(bob.keyring)
        assert WARNING not in bob.warning(), bob.warning()
        bob.stop_service()
        portal.calls.clear()
        bob.comes_back()
        portal.wait_call('RetrieveSecret', LIMIT)
        assert not found(world, [bob.password, SECRET]), found(world, [bob.password, SECRET])
        bob.ctl('account', 'remove', bob.address)
        portal.close()


def test_a_portal_that_comes():
    """Nothing is lost, and what was in our file moves."""
    box.install()
    with World() as world:
        bob = world.user('bob', kind=Keeper)
        bob.create_account()
        bob.comes_back()
        bob.stop_service()
        kept = bob.in_plain()
        portal = SecretPortal(bob)
        bob.comes_back()
        portal.wait_call('RetrieveSecret', LIMIT)
        assert not found(world, kept), found(world, kept)
        assert WARNING not in bob.warning(), bob.warning()
        bob.stop_service()
        bob.comes_back()
        portal.close()


if __name__ == '__main__':
    tap.run([test_without_a_portal, test_with_a_portal, test_a_portal_that_comes])
