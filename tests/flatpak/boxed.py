# SPDX-License-Identifier: GPL-3.0-or-later
"""A user whose Beckon is the Flatpak, for the worlds of tests/e2e: service, application, beckonctl and Whiteboard each
start in a sandbox. The session bus and the folders are the user's own, and what runs is what was exported."""
import pathlib

import box
from gi.repository import GLib
from processes import Failure, behind
from servant import Servant
from world import User

ACCESSIBILITY = '''<node><interface name="org.a11y.Bus">
<method name="GetAddress"><arg type="s" direction="out"/></method>
</interface></node>'''
SHARED = ('BECKON_SECRETS', 'BECKON_LOCAL_ADDRESS', 'LC_ALL', 'PYTHONDONTWRITEBYTECODE', 'DBUS_SYSTEM_BUS_ADDRESS')
# GTK says so where there is none; and the proxy, when the sandbox goes while it still speaks.
NOT_OURS = 'Unable to retrieve the Flatpak portal version|Socket check failed'
NATIVE = ('ADW_DISABLE_PORTAL', 'GTK_USE_PORTAL', 'GTK_EXE_PREFIX')  # what a screen sets for programs out here


class BoxedUser(User):
    """The service is activated by the bus in a sandbox of its own, like each program that is run."""

    def make_environment(self):
        home, runtime = self.folder / 'home', self.folder / 'run'
        for folder in (home, runtime):
            folder.mkdir(parents=True, mode=0o700)
        environment = {name: self.world.environment[name] for name in SHARED if name in self.world.environment}
        environment.update({'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': str(home), 'XDG_RUNTIME_DIR': str(runtime),
                            'FLATPAK_USER_DIR': str(box.USER), 'FLATPAK_CONFIG_DIR': str(box.CONFIG),
                            'XDG_DATA_DIRS': str(box.EXPORTS),
                            'DBUS_SESSION_BUS_ADDRESS': f'unix:path={runtime}/bus'})
        return environment

    @property
    def inside(self):
        """The folder of the application's own data, which has the same name in the sandbox as outside."""
        return self.folder / 'home/.var/app' / box.APPLICATION

    @property
    def config(self):
        return self.inside / 'config'

    @property
    def visible(self):
        folder = self.inside / 'data/seen'
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def ensure_pipe(self):
        """It is in the Flatpak."""

    def service_folders(self):
        return [self.folder / 'services', box.EXPORTS / 'dbus-1/services']

    def write_service_files(self):
        if self.service_options:
            raise Failure('The service of a Flatpak is started without options')

    def start_bus(self):
        self.world.expected_warning = NOT_OURS
        for name in NATIVE:
            self.environment.pop(name, None)
        process = super().start_bus()
        if 'AT_SPI_BUS_ADDRESS' in self.environment:
            answer = GLib.Variant('(s)', (self.environment['AT_SPI_BUS_ADDRESS'],))
            methods = {'GetAddress': lambda: answer}
            self.accessibility = Servant(self.environment['DBUS_SESSION_BUS_ADDRESS'], 'org.a11y.Bus',
                                         {'/org/a11y/bus': (ACCESSIBILITY, methods)})
        return process

    def command(self, name):
        return ['flatpak', 'run', f'--command={name}', box.APPLICATION]

    def service_pid(self):
        """The bus knows its proxy alone."""
        proxy = super().service_pid()
        for pid in behind({proxy}):
            if pathlib.Path(f'/proc/{pid}/comm').read_text(encoding='utf-8').startswith('beckon-service'):
                return pid
        raise ProcessLookupError(f'The proxy {proxy} has no service behind it')
