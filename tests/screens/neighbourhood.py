# SPDX-License-Identifier: GPL-3.0-or-later
"""A world without a server: the session services of all its people are one process, tests/screens/fake-services, on one
network in memory. It is half past three in the afternoon there, whenever it is looked at."""
import gettext
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / 'e2e'), str(HERE.parent / 'data'), str(HERE.parent / 'tools')]
os.environ.setdefault('BECKON_SRCDIR', str(HERE.parent.parent))

import installed  # noqa: E402
import locales  # noqa: E402
import texts  # noqa: E402
from processes import Failure, Lines, die_with_parent  # noqa: E402
from world import BUILD, SERVICE, SOURCES, User, World, program  # noqa: E402

INSIDE = 'BECKON_TEST_OWN_MOUNTS'
DOMAIN = 'example.org'
CLOCK = 15 * 3600 + 30 * 60


class Resident(User):
    """For whom the bus starts nothing: neither the session service nor the window."""

    def write_service_files(self):
        """There are none."""

    def service_pid(self):
        return self.world.services.pid


class Neighbourhood(World):
    """Use it with `with`; whoever is to have windows comes after open_screen ()."""

    def __init__(self):
        super().__init__(domain=DOMAIN)
        self.services = None
        self.environment.update(locales.variables(BUILD / 'tests/locale'))
        east = CLOCK - int(time.time()) % 86400
        hours, rest = divmod(abs(east), 3600)
        self.environment['TZ'] = f'BKN{"-" if east > 0 else "+"}{hours}:{rest // 60:02}:{rest % 60:02}'

    def start_server(self):
        """There is none."""

    def user(self, name, device='', service_options=()):
        user = Resident(self, name, device, service_options)
        self.users.append(user)
        return user

    def open(self):
        """Starts the services of all who are there."""
        environment = dict(self.users[0].environment)
        environment['XDG_DATA_DIRS'] = str(BUILD / 'data')
        with open(self.logs / 'services.log', 'ab') as log:
            self.services = subprocess.Popen(
                [str(BUILD / 'tests/screens/fake-services'), *(str(user.folder) for user in self.users)],
                env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent)
        self.said = Lines(self.services.stdout, 'fake-services')
        self.expect('ready')

    def expect(self, word):
        said = self.said.next()
        if said != word:
            raise Failure(f'The services said {said} instead of {word}')

    def tell(self, *words):
        self.services.stdin.write((' '.join(map(str, words)) + '\n').encode())
        self.services.stdin.flush()
        self.expect('done')

    def ago(self, days=0, clock=None):
        """From now on messages are from that many days ago, at a clock time such as 18:05."""
        seconds = days * 86400
        if clock is not None:
            hour, minute = map(int, clock.split(':'))
            seconds += CLOCK - hour * 3600 - minute * 60
        self.tell('clock', seconds)


# ---- languages ----

def enter_own_mounts():
    """Starts this script again where it may mount what it likes, and nobody else sees it."""
    if not os.environ.get(INSIDE):
        for command in (['unshare', '--mount'], ['unshare', '--map-root-user', '--mount']):
            if subprocess.run([*command, 'true'], capture_output=True, check=False).returncode == 0:
                os.execvpe(command[0], [*command, sys.executable, *sys.argv], {**os.environ, INSIDE: '1'})


class Languages:
    """The translations, where the programs of the build look for theirs."""

    def __init__(self, folder):
        if not os.environ.get(INSIDE):
            raise Failure('Nobody may mount anything here')
        options = json.loads((BUILD / 'meson-info/intro-buildoptions.json').read_text(encoding='utf-8'))
        values = {option['name']: option['value'] for option in options}
        self.locale = pathlib.Path(values['prefix'], values['localedir'])
        if BUILD in self.locale.parents:
            installed.install()  # there is something to be hidden, and nobody takes it away as long as we run
        there = next(path for path in (self.locale, *self.locale.parents) if path.is_dir())
        assert len(there.parts) > 2, f'{there} is too much to be hidden'
        done = subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', str(there)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f'Nothing can be mounted here: {done.stderr.strip()}')
        texts.make_template(folder / 'beckon.pot')
        catalog = self.catalog('en_XA')
        subprocess.run([sys.executable, SOURCES / 'tests/tools/pseudo-locale', folder / 'beckon.pot', catalog],
                       check=True)
        for path in (SOURCES / 'po').glob('*.po'):
            subprocess.run(['msgfmt', '--output-file', self.catalog(path.stem), str(path)], check=True)

    def catalog(self, language):
        path = self.locale / language / 'LC_MESSAGES/beckon.mo'
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def has(self, language):
        return self.catalog(language).exists()

    def load(self, language):
        if not language or not self.has(language):
            return gettext.NullTranslations()
        with open(self.catalog(language), 'rb') as file:
            return gettext.GNUTranslations(file)
