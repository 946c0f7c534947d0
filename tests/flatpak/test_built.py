#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the manifest makes: what is inside, what the desktop sees of it, what it may do and what it takes."""
import configparser
import json
import pathlib
import subprocess

import box
import tap
from world import SOURCES

BYTES = 6 * 1000 * 1000  # installed; it is half of that, and a library or a picture too many shows
PROGRAMS = ('bin/beckon', 'bin/beckonctl', 'bin/beckon-pipe', 'bin/beckon-whiteboard', 'libexec/beckon-service')
NAMES = ('im.beckon.Beckon', 'im.beckon.Beckon.Service', 'im.beckon.Beckon.Sessions')
DESKTOPS = ('im.beckon.Beckon', 'im.beckon.Beckon.Whiteboard')
EXPORTED = {
    *(f'dbus-1/services/{name}.service' for name in NAMES),
    *(f'applications/{name}.desktop' for name in DESKTOPS),
    *(f'icons/hicolor/scalable/apps/{name}.svg' for name in DESKTOPS),
    'icons/hicolor/symbolic/apps/im.beckon.Beckon-symbolic.svg',
    'metainfo/im.beckon.Beckon.metainfo.xml',
}
OURS = {'libsodium.so', 'libngtcp2.so', 'libngtcp2_crypto_gnutls.so'}  # of the modules; the runtime may have its own
PEDANTRY = {'cid-contains-uppercase-letter'}  # as all names on the bus that are written so


def run(*command):
    done = subprocess.run([str(word) for word in command], env=box.environment(), stdin=subprocess.DEVNULL,
                          capture_output=True, encoding='utf-8', check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def inside(program, *words):
    return run('flatpak', 'run', f'--command={program}', box.APPLICATION, *words)


def place():
    return pathlib.Path(run('flatpak', 'info', '--user', '--show-location', box.APPLICATION).strip())


def read(path):
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(path.read_text(encoding='utf-8'))
    return parser


def test_exports():
    """The desktop finds all there is, and nothing starts but through Flatpak."""
    folder = place() / 'export/share'
    assert {str(path.relative_to(folder)) for path in folder.rglob('*') if path.is_file()} == EXPORTED
    for name in NAMES:
        service = dict(read(folder / f'dbus-1/services/{name}.service')['D-BUS Service'])
        assert service.keys() == {'Name', 'Exec'}, f'{name}: {service}'  # a unit of systemd is not there outside
        assert service['Name'] == name and service['Exec'].startswith('/usr/bin/flatpak run '), service
    for name in DESKTOPS:
        path = folder / f'applications/{name}.desktop'
        entry = read(path)['Desktop Entry']
        assert entry['Exec'].startswith('/usr/bin/flatpak run ') and entry['X-Flatpak'] == box.APPLICATION, dict(entry)
        assert f'icons/hicolor/scalable/apps/{entry["Icon"]}.svg' in EXPORTED, entry['Icon']
        run('desktop-file-validate', path)
    assert 'x-scheme-handler/beckon' in read(folder / 'applications/im.beckon.Beckon.desktop')['Desktop Entry']['MimeType']


def test_metainfo():
    """As the software centres of the runtime's time judge it, with their own tool."""
    path = place() / 'export/share/metainfo/im.beckon.Beckon.metainfo.xml'
    said = run('flatpak', 'run', f'--filesystem={path.resolve().parent}:ro', '--command=appstreamcli', 'org.gnome.Sdk//48',
               'validate', '--no-net', '--pedantic', '--format=yaml', path.resolve())
    found = {line.split(':', 1)[1].strip() for line in said.splitlines() if line.strip(' -').startswith('tag:')}
    assert found <= PEDANTRY, said
    for icon in ('64x64', '128x128'):
        assert (place() / f'files/share/app-info/icons/flatpak/{icon}/im.beckon.Beckon.png').is_file(), icon


def test_permissions():
    """Those of the manifest and no other."""
    granted = configparser.ConfigParser(interpolation=None)
    granted.optionxform = str
    granted.read_string(run('flatpak', 'info', '--show-permissions', box.APPLICATION))
    words = json.loads(box.MANIFEST.read_text(encoding='utf-8'))['finish-args']
    expected = {}
    for word in words:
        option, value = word.removeprefix('--').split('=', 1)
        expected.setdefault(option, set()).add(value)
    context = {key: set(value.strip(';').split(';')) for key, value in granted['Context'].items()}
    assert context.pop('sockets') - {'x11'} == expected['socket'], granted['Context'] # x11 comes with fallback-x11
    assert context == {'shared': expected['share'], 'devices': expected['device'],
                       'filesystems': expected['filesystem']}, context
    assert dict(granted['Session Bus Policy']) == dict.fromkeys(expected['talk-name'], 'talk')
    assert dict(granted['System Bus Policy']) == dict.fromkeys(expected['system-talk-name'], 'talk')
    assert len(granted.sections()) == 3, granted.sections()


def test_libraries():
    """All are there, and those that we bring are the ones that are used."""
    ours = set()
    for program in PROGRAMS:
        for line in inside('ldd', f'/app/{program}').splitlines():
            name, _, path = line.strip().partition(' => ')
            assert 'not found' not in path, f'{program}: {line}'
            if name.startswith('libbeckon'):
                assert path.startswith('/app/lib/'), line
            for stem in OURS:
                if name.startswith(f'{stem}.'):
                    assert path.startswith('/app/lib/'), f'{program}: {line}'
                    ours.add(stem)
    assert ours == OURS, ours


def test_nothing_else():
    """Neither what only builds need, nor the server, and all of it small."""
    folder = place() / 'files'
    names = {str(path.relative_to(folder)) for path in folder.rglob('*') if path.is_file()}
    programs = {name for name in names if name.startswith(('bin/', 'libexec/'))}
    assert programs == set(PROGRAMS), programs
    for name in names:
        assert not name.startswith(('include/', 'lib/pkgconfig', 'share/man/', 'share/doc/', 'lib/systemd')), name
        assert not name.endswith(('.a', '.la', '.h', '.gir')), name
    size = sum(path.stat().st_size for path in folder.rglob('*') if path.is_file() and not path.is_symlink())
    print(f'# installed: {size / 1e6:.1f} MB in {len(names)} files', flush=True)
    assert size <= BYTES, size


def test_runs():
    """Each program starts in there, in the version of this tree."""
    version = json.loads(subprocess.run(['meson', 'introspect', '--projectinfo', SOURCES / 'meson.build'],
                                        capture_output=True, check=True).stdout)['version']
    for program in PROGRAMS:
        assert version in inside(f'/app/{program}', '--version'), program


def test_committed():
    """The manifest for everybody, which takes what is committed."""
    if not (SOURCES / '.git').exists():
        raise tap.Skip('this is no clone')
    box.build(box.MANIFEST.with_name(f'{box.APPLICATION}.json'))
    assert 'stable' in run('flatpak', 'list', '--user', '--app', '--columns=branch')
    run('flatpak', 'uninstall', '--user', '-y', f'{box.APPLICATION}//stable')
    run('flatpak', 'make-current', '--user', box.APPLICATION, 'devel')


if __name__ == '__main__':
    box.install()
    tap.run([test_exports, test_metainfo, test_permissions, test_libraries, test_nothing_else, test_runs, test_committed])
