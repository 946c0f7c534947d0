#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`meson install` into a folder, and everything run from there: by the bus, by the desktop, by two users."""
import gettext
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

from gi.repository import Gio, GLib

import installed
from display import screen
from users import ID, PREFIX, SHARE, InstalledWorld, run, worlds
from processes import Lines  # of the folders that users.py has added
from windows import BUTTON, App
from world import program
import locales
import tap

PROGRAMS = ('beckon', 'beckon-pipe', 'beckon-server', 'beckonctl')
VERSION = re.search(r"^  version: '([^']+)'", (installed.SOURCE / 'meson.build').read_text(encoding='utf-8'),
                    re.MULTILINE)[1]

CHESS = '{0F4B2F1C-9A43-4C8B-8D5E-2C1B6A7E9D10}'
LINKED = '''
#include <beckon.h>

int
main (void)
{
  g_print ("%s\\n", beckon_error_to_symbol (BECKON_ERROR_NOT_INVITEE));
  return 0;
}
'''

ICONS = '''
import gi
gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gtk
theme = Gtk.IconTheme.get_for_display(Gdk.Display.get_default())
for name in ('im.beckon.Beckon', 'im.beckon.Beckon-symbolic'):
    print(theme.lookup_icon(name, None, 64, 1, Gtk.TextDirection.NONE, 0).get_file().get_path())
'''

DESKTOP = '''
from gi.repository import Gio
app = Gio.DesktopAppInfo.new('im.beckon.Beckon.desktop')
print(app.get_filename(), app.get_name(), app.get_icon().to_string(), app.get_boolean('DBusActivatable'), sep='|')
'''


def executable(bus, name):
    """The program that owns the name."""
    pid = bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                        'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)), None, 0, 20000, None).unpack()[0]
    return pathlib.Path(os.readlink(f'/proc/{pid}/exe'))


def test_install():
    installed.install()
    for name in PROGRAMS:
        assert os.access(PREFIX / 'bin' / name, os.X_OK), name
        pages = list((SHARE / 'man').glob(f'man?/{name}.*'))
        assert len(pages) == 1, f'{name} has no manual page: {pages}'
    for name in ('lib/libbeckon-1.so', 'include/beckon-1/beckon.h', 'libexec/beckon-service',
                 f'share/metainfo/{ID}.metainfo.xml', 'share/dbus-1/interfaces/im.beckon.Session1.xml',
                 'lib/systemd/user/beckon-service.service', 'share/icons/hicolor/icon-theme.cache',
                 'share/applications/mimeinfo.cache', 'share/glib-2.0/schemas/gschemas.compiled'):
        assert (PREFIX / name).is_file(), f'{name} is not installed'


def test_nothing_points_into_the_build():
    names = [re.escape(str(installed.SOURCE / name)) for name in ('src', 'data', 'tests')]
    # The prefix itself is below the build.
    names.append(f'{re.escape(str(installed.BUILD))}(?!/{re.escape(str(PREFIX.relative_to(installed.BUILD)))})')
    stranger = re.compile('|'.join(names).encode())
    for path in PREFIX.rglob('*'):
        if path.is_file() and not path.is_symlink():
            text = path.read_bytes()
            assert not stranger.search(text), f'{path} would not run without the build: {stranger.search(text)}'
            assert b'@bindir@' not in text and b'@libexecdir@' not in text, path
    for path in SHARE.rglob('*.service'):
        command = re.search(r'^Exec=(\S+)', path.read_text(encoding='utf-8'), re.MULTILINE)
        assert os.access(command[1], os.X_OK) and command[1].startswith(f'{PREFIX}/'), f'{path}: {command[0]}'


def test_options():
    # Both are answered without a display and without a bus.
    for name in ('beckon', 'beckon-pipe', 'beckon-whiteboard', 'beckonctl'):
        assert run(name, '--version') == f'{name} {VERSION}\n', name
    assert '--gapplication-service' in run('beckon', '--help-all') and '--version' in run('beckon', '--help')
    for name in PROGRAMS[1:]:
        assert name in run(name, '--help'), name
    assert run(PREFIX / 'libexec/beckon-service', '--version') == f'beckon-service {VERSION}\n'


def test_translations_are_found():
    words = {**locales.variables(installed.PLACE / 'locale'), 'LANGUAGE': 'en_XA'}
    assert '[Pŕîňţ ţhė vėŕšîöň ' in run('beckon', '--help', **words)
    assert '[Pŕîňţ' not in run('beckon', '--help')


def test_settings_are_found():
    assert run('gsettings', 'get', ID, 'window-width') == '900\n'


def test_desktop_file_is_found():
    said = run(sys.executable, '-c', DESKTOP).strip().split('|')
    assert said == [f'{SHARE}/applications/{ID}.desktop', 'Beckon', ID, 'True'], said


def test_icons_are_found():
    with screen() as display:
        found = run(sys.executable, '-c', ICONS, **display).split()
    icons = SHARE / 'icons/hicolor'
    assert found == [f'{icons}/scalable/apps/{ID}.svg', f'{icons}/symbolic/apps/{ID}-symbolic.svg'], found


def test_programs_can_be_built_with_it():
    flags = shlex.split(run('pkg-config', '--cflags', '--libs', 'beckon-1'))
    assert f'-I{PREFIX}/include/beckon-1' in flags and f'-L{PREFIX}/lib' in flags, flags
    assert run('pkg-config', '--modversion', 'beckon-1').strip() == VERSION
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / 'linked.c'
        source.write_text(LINKED, encoding='utf-8')
        run(*shlex.split(os.environ.get('CC', 'cc')), source, *flags, '-o', source.with_suffix(''))
        assert run(source.with_suffix('')) == 'SR_NOT_INVITEE\n'


def test_application_is_started_by_the_bus():
    with screen() as display, InstalledWorld() as world:
        world.display = display
        alice = world.user('alice')
        alice.ask_bus('StartServiceByName', GLib.Variant('(su)', (ID, 0)))
        assert executable(alice.bus, ID) == PREFIX / 'bin/beckon'
        # What the desktop does when its icon is clicked.
        alice.bus.call_sync(ID, '/im/beckon/Beckon', 'org.freedesktop.Application', 'Activate',
                            GLib.Variant('(a{sv})', ({},)), None, Gio.DBusCallFlags.NONE, 20000, None)


def test_somebody_who_speaks_german():
    """The windows, the service that the bus started and beckonctl have the language of the session."""
    german = gettext.translation('beckon', SHARE / 'locale', ['de']).gettext
    assert german('The invitation was declined.') != 'The invitation was declined.'
    with InstalledWorld() as world:
        world.environment.update(locales.variables(installed.PLACE / 'locale'), LANGUAGE='de')
        world.open_screen()
        alice = world.user('alice')
        app = App(alice).start()
        alice.desk.find(BUTTON, german('_New Account').replace('_', ''), shown=True)
        alice.create_account()  # by beckonctl
        alice.desk.find(BUTTON, german('Your status: %s') % german('Online'), shown=True)
        bob = world.user('bob')
        bob.create_account()
        alice.befriend(bob)
        names = [application['name'] for application in alice.ctl('apps')]
        assert german('Show My Screen') in names and german('Throughput') in names, names
        refused = alice.refused('apps', 'register', CHESS, 'Chess', '/no/program')
        sentence = '%s is not the absolute path of a program that can be started.'
        assert german(sentence) % '/no/program' in refused.text, refused.text
        session = alice.ctl('invite', bob.address, worlds.PIPE)['id']
        bob.wait('invitation')
        bob.ctl('decline', session)
        alice.wait_session(session)
        told = alice.run([program('beckonctl'), 'show', session]).stdout
        assert german('%s declined.') % 'Bob' in told, told
        app.quit()


def test_two_users_and_an_invitation():
    with InstalledWorld() as world:
        assert pathlib.Path(os.readlink(f'/proc/{world.server.pid}/exe')) == PREFIX / 'bin/beckon-server'
        alice, bob = world.friends('alice', 'bob')
        assert executable(alice.bus, worlds.SERVICE) == PREFIX / 'libexec/beckon-service'
        alice.send(bob.address, 'Hello')
        bob.wait('message=Hello', who=alice.address)
        registered = {item['guid']: item['present'] for item in alice.ctl('apps')}
        assert set(registered) == {path.stem for path in (SHARE / 'beckon/peers').glob('*.peer')}, registered
        # Those of other programs are there if these are.
        assert registered[worlds.PIPE] and sum(registered.values()) >= 2 and len(registered) >= 7, registered
        session = alice.ctl('invite', bob.address, worlds.PIPE)['id']
        bob.wait('invitation')
        bob.ctl('accept', session, '--wait', 'connected')
        alice.wait_session(session, 'connected')
        pipes = [alice.start(['beckon-pipe', '--attach', session]), None]
        pipes[1] = bob.start(['beckon-pipe', '--attach', session], stdin=subprocess.PIPE)
        pipes[1].stdin.write(b'from bob\n')
        pipes[1].stdin.close()
        assert Lines(pipes[0].stdout, 'beckon-pipe').next() == 'from bob'
        assert [pipe.wait(30) for pipe in pipes] == [0, 0]
        for pipe in pipes:
            pipe.stdout.close()


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
