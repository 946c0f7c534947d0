#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units of beckon-server: systemd understands them, and finds little to complain about how they are shut in."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ['BECKON_BUILDDIR'])
SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
MAX_EXPOSURE = 1.5
ANALYZE = shutil.which('systemd-analyze')


def analyze(*arguments):
    done = subprocess.run([ANALYZE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          env={**os.environ, 'LC_ALL': 'C.UTF-8'})
    return done.returncode, done.stdout


def make_units(folder):
    """As they are installed, but for the program, which is the one of the build."""
    service = (BUILD / 'src' / 'server' / 'beckon-server.service').read_text()
    program = BUILD / 'src' / 'server' / 'beckon-server'
    service, n = re.subn(r'(?m)^(ExecStart(?:Pre)?=-?)\S*/beckon-server', rf'\g<1>{program}', service)
    assert n == 2, service
    (folder / 'beckon-server.service').write_text(service)
    shutil.copy(SOURCE / 'src' / 'server' / 'beckon-server.socket', folder)


def check_start(folder):
    # --check-config also complains about what a server can live with.
    service = (folder / 'beckon-server.service').read_text()
    assert re.search(r'(?m)^ExecStartPre=-\S+/beckon-server --check-config=', service), service


def verify(folder):
    # What else is said is about units of the machine.
    code, output = analyze('verify', '--man=no', f'{folder}/beckon-server.service', f'{folder}/beckon-server.socket')
    lines = [line for line in output.splitlines() if 'beckon-server' in line]
    assert not lines, output
    return code


def measure(folder):
    code, output = analyze('security', '--offline=true', '--no-pager', f'{folder}/beckon-server.service')
    found = re.search(r'Overall exposure level for beckon-server\.service: ([0-9.]+)', output)
    assert found, (code, output)
    print(f'# exposure {found.group(1)}')
    assert float(found.group(1)) <= MAX_EXPOSURE, output


def main():
    failed = False
    tests = (('start', check_start, False), ('verify', verify, True), ('exposure', measure, True))
    print(f'1..{len(tests)}')
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_units(folder)
        for number, (title, function, needs_systemd) in enumerate(tests, 1):
            if needs_systemd and ANALYZE is None:
                print(f'ok {number} {title} # SKIP there is no systemd-analyze')
                continue
            try:
                function(folder)
                print(f'ok {number} {title}')
            except AssertionError as error:
                print(f'not ok {number} {title}')
                print('\n'.join(f'# {line}' for line in str(error).splitlines()))
                failed = True
    return int(failed)


if __name__ == '__main__':
    sys.exit(main())
