# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen for a world: the one that the person who looks on has, or one in memory with a window manager."""
import os
import pathlib
import subprocess

from hands import Hands
from processes import LIMIT, Failure, Lines, die_with_parent

SIZE = (1400, 900)
SHARED = ('X11', 'fonts', 'glib-2.0', 'icons', 'locale', 'mime', 'themes')  # of /usr/share, what windows need
REGISTRY = """[D-BUS Service]
Name=org.a11y.atspi.Registry
Exec=/usr/bin/env -u DISPLAY DBUS_SESSION_BUS_ADDRESS=disabled: /usr/libexec/at-spi2-registryd
"""
ACCESSIBILITY = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>accessibility</type>
  <listen>unix:path={socket}</listen>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
SETTINGS = '[Settings]\ngtk-enable-animations=0\ngtk-cursor-blink=0\ngtk-font-name=Cantarell 11\n'


class Screen:
    """With `visible`, the screen of $DISPLAY. The processes it starts end with the world, and with us in any case."""

    def __init__(self, world, visible=False):
        self.world = world
        self.is_visible = visible
        self.processes = []
        self.environment = {'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo', 'GTK_A11Y': 'atspi', 'NO_AT_BRIDGE': '0',
                            'ADW_DISABLE_PORTAL': '1', 'GTK_USE_PORTAL': '0', 'GTK_IM_MODULE': 'gtk-im-context-simple',
                            'GTK_EXE_PREFIX': '/nonexistent'}
        if visible:
            for name in {'DISPLAY', 'XAUTHORITY'} & set(os.environ):
                self.environment[name] = os.environ[name]
        else:
            self.start_server()
        self.hands = Hands(self.environment['DISPLAY'])
        self.share = self.make_share()
        if not visible:
            self.start_window_manager()

    # -- processes

    def start(self, command, **options):
        with open(self.world.logs / 'screen.out', 'ab') as log:
            process = subprocess.Popen(command, env={**self.world.environment, **self.environment}, stdout=log,
                                       stderr=log, stdin=subprocess.DEVNULL, cwd=self.world.folder,
                                       start_new_session=True, preexec_fn=die_with_parent, **options)
        self.processes.append(process)
        return process

    def start_server(self):
        """Xvfb chooses a free number and tells it when it can be used."""
        reading, writing = os.pipe()
        size = 'x'.join(map(str, (*SIZE, 24)))
        try:
            self.start(['Xvfb', '-displayfd', str(writing), '-screen', '0', size, '-nolisten', 'tcp', '-noreset'],
                       pass_fds=[writing])
        finally:
            os.close(writing)
        with open(reading, 'rb', buffering=0) as stream:
            number = Lines(stream, 'Xvfb').next(LIMIT)
        if number is None:
            raise Failure(f'Xvfb did not start: {(self.world.logs / "screen.out").read_text(encoding="utf-8")}')
        self.environment['DISPLAY'] = f':{number}'

    def start_window_manager(self):
        config = self.world.folder / 'openbox.xml'
        config.write_text(OPENBOX, encoding='utf-8')
        self.start(['openbox', '--config-file', str(config), '--sm-disable'])
        self.hands.wait(lambda: self.hands.property(self.hands.root, '_NET_SUPPORTING_WM_CHECK'),
                        'openbox did not start')

    def make_share(self):
        """A data folder with what the system has for windows, and none of the programs that it has."""
        share = self.world.folder / 'share'
        share.mkdir()
        for name in SHARED:
            if (pathlib.Path('/usr/share') / name).is_dir():
                (share / name).symlink_to(pathlib.Path('/usr/share') / name)
        return share

    def prepare(self, user):
        """What a user's programs need to open windows here."""
        user.environment.update(self.environment)
        user.environment['XDG_DATA_DIRS'] += f':{self.share}'
        settings = user.config / 'gtk-4.0/settings.ini'
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(SETTINGS, encoding='utf-8')
        # fontconfig, Mesa and GTK's file chooser never give back all they took, and without frame pointers in them a
        # stack does not tell theirs from ours. What Beckon takes is looked after by the tests without a screen.
        if 'ASAN_OPTIONS' in user.environment:
            user.environment['ASAN_OPTIONS'] += ':detect_leaks=0'
        # An accessibility bus that stands by itself: it is there before all programs, and without the session bus.
        services = user.folder / 'accessibility'
        services.mkdir()
        (services / 'registry.service').write_text(REGISTRY, encoding='utf-8')
        config = user.folder / 'accessibility.conf'
        config.write_text(ACCESSIBILITY.format(socket=user.folder / 'run/a11y', services=services), encoding='utf-8')
        user.environment['AT_SPI_BUS_ADDRESS'] = f'unix:path={user.folder}/run/a11y'
        process = user.start(['dbus-daemon', '--nofork', '--print-address', f'--config-file={config}'])
        if Lines(process.stdout, 'dbus-daemon').next() is None:
            raise Failure(f'The accessibility bus of {user.label} did not start, see {user.log}')

    # -- pictures

    def shot(self, path, window=None):
        """Writes a picture of the screen, or of one window."""
        target = 'root' if window is None else str(window.id)
        done = subprocess.run(['import', '-window', target, str(path)], check=False, capture_output=True, text=True,
                              env={**self.world.environment, **self.environment}, timeout=LIMIT)
        if done.returncode != 0:
            raise Failure(f'No picture could be taken: {done.stderr.strip()}')


OPENBOX = '''<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse><raiseOnFocus>yes</raiseOnFocus></focus>
  <placement><policy>Smart</policy></placement>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <resistance><strength>0</strength><screen_edge_strength>0</screen_edge_strength></resistance>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <mouse>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
  </mouse>
</openbox_config>
'''
