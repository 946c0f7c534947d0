#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""libbeckon as a program outside the tree finds it: pkg-config, headers, symbols, introspection."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / 'tools'))
import tap  # noqa: E402

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
BUILD = pathlib.Path(os.environ['BECKON_BUILDDIR'])
LIBRARY = BUILD / 'src' / 'lib'
CC = shlex.split(os.environ.get('CC', 'cc'))
STRICT = ['-std=c99', '-pedantic', '-Wall', '-Wextra', '-Werror']

PROGRAM = '''
#include <beckon.h>

static void
on_manager (GObject *source, GAsyncResult *result, gpointer loop)
{
  GError *error = NULL;
  BeckonSessionManager *manager = beckon_session_manager_new_finish (result, &error);

  (void) source;
  g_print ("%s %s\\n", manager == NULL ? "no" : "yes", error != NULL ? beckon_error_to_symbol (error->code) : "-");
  g_clear_object (&manager);
  g_clear_error (&error);
  g_main_loop_quit (loop);
}

int
main (void)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);

  beckon_session_manager_new_async (NULL, NULL, on_manager, loop);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
  return beckon_session_get_type () == G_TYPE_INVALID;
}
'''


def flags(*options):
    environment = dict(os.environ, PKG_CONFIG_PATH=str(BUILD / 'meson-uninstalled'))
    text = subprocess.run(['pkg-config', *options, 'beckon-1'], check=True, env=environment, capture_output=True,
                          text=True)
    # GLib's own headers are not ours to judge.
    return [option.replace('-I', '-isystem') if option.startswith('-I/usr/') else option
            for option in shlex.split(text.stdout)]


def compile_text(folder, name, text, *options):
    source = pathlib.Path(folder) / f'{name}.c'
    source.write_text(text, encoding='utf-8')
    done = subprocess.run([*CC, *STRICT, str(source), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f'{name}: {done.stderr}'


def public_headers():
    headers = [path for path in (*(SOURCE / 'src/lib').glob('*.h'), *(SOURCE / 'src/common/public').glob('*.h'))
               if not path.name.endswith('-private.h')]
    assert len(headers) > 10
    return headers


def test_program_from_outside():
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / 'program'
        sanitize = ['-fsanitize=address,undefined'] if os.environ.get('BECKON_SANITIZED') else []
        compile_text(folder, 'program', PROGRAM, *flags('--cflags', '--libs'), *sanitize, '-o', str(program))
        environment = dict(os.environ, LD_LIBRARY_PATH=str(LIBRARY))
        done = subprocess.run([str(program)], env=environment, capture_output=True, text=True, check=False)
        # There is no bus here: the error is GIO's, its code is no number of ours.
        assert done.returncode == 0 and done.stdout.startswith('no '), (done.returncode, done.stdout, done.stderr)


def test_each_header_alone():
    with tempfile.TemporaryDirectory() as folder:
        for header in public_headers():
            text = f'#include <{header.name}>\n#include <{header.name}>\nint unused;\n'
            compile_text(folder, header.stem, text, *flags('--cflags'), '-fsyntax-only')


def test_headers_that_are_installed():
    headers = {path.name for path in public_headers()}
    build = (SOURCE / 'src/lib/meson.build').read_text(encoding='utf-8')
    build += (SOURCE / 'src/common/meson.build').read_text(encoding='utf-8')
    missing = [name for name in headers if f"'{name}'" not in build and f"'public/{name}'" not in build]
    assert not missing, missing
    # What an installed header includes is installed too.
    for path in public_headers():
        for line in path.read_text(encoding='utf-8').splitlines():
            if line.startswith('#include "'):
                assert line.split('"')[1] in headers, f'{path.name}: {line}'
    umbrella = (SOURCE / 'src/lib/beckon.h').read_text(encoding='utf-8')
    left_out = [name for name in headers if name != 'beckon.h' and f'"{name}"' not in umbrella]
    assert not left_out, left_out


def test_symbols():
    library = LIBRARY / 'libbeckon-1.so'
    listed = subprocess.run(['nm', '-D', '--defined-only', str(library)], check=True, capture_output=True, text=True)
    symbols = [line.split()[-1].split('@')[0] for line in listed.stdout.splitlines()]
    strangers = [symbol for symbol in symbols if not symbol.startswith('beckon_')]
    assert 'beckon_session_manager_new_async' in symbols and not strangers, strangers
    # Only what a header promises leaves the library.
    promised = '\n'.join(path.read_text(encoding='utf-8') for path in public_headers())
    types = re.findall(r'_TYPE\w* \(\w+, (beckon_\w+),', promised)
    promised += ''.join(f'{name}_get_type (' for name in types)
    unpromised = [symbol for symbol in symbols if f'{symbol} (' not in promised]
    assert not unpromised, unpromised


def test_introspection():
    if not (LIBRARY / 'Beckon-1.typelib').exists():
        raise tap.Skip('built without introspection')
    environment = dict(os.environ, GI_TYPELIB_PATH=str(LIBRARY), LD_LIBRARY_PATH=str(LIBRARY))
    script = ('import gi; gi.require_version("Beckon", "1"); from gi.repository import Beckon; '
              'print(Beckon.SessionManager.__gtype__.name, Beckon.error_to_symbol(Beckon.Error.NOT_INVITEE))')
    if os.environ.get('BECKON_SANITIZED'):
        raise tap.Skip('the interpreter is not sanitized')
    done = subprocess.run([shutil.which('python3', path='/usr/bin'), '-c', script], env=environment, check=True,
                          capture_output=True, text=True)
    assert done.stdout == 'BeckonSessionManager SR_NOT_INVITEE\n', done.stdout


if __name__ == '__main__':
    tap.run([
        test_program_from_outside,
        test_each_header_alone,
        test_headers_that_are_installed,
        test_symbols,
        test_introspection,
    ])
