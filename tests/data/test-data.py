#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed beside the programs is what the desktop expects: judged by the desktop's own tools."""
import configparser
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / 'tools'))
import tap  # noqa: E402
import texts  # noqa: E402
from display import screen  # noqa: E402

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
BUILD = pathlib.Path(os.environ['BECKON_BUILDDIR'])
DATA = BUILD / 'data'  # is a folder as in XDG_DATA_DIRS
ID = 'im.beckon.Beckon'
SVG = '{http://www.w3.org/2000/svg}'
SHAPES = {SVG + name for name in ('path', 'rect', 'circle', 'ellipse')}
# Properties and attributes of templates that people read.
SHOWN = ('body', 'description', 'heading', 'label', 'placeholder-text', 'subtitle', 'title', 'tooltip-text')
THEME = pathlib.Path('/usr/share/icons/Adwaita')
# The identity was settled with capital letters, as those of most applications are. The developer's name stands where
# the tool of Debian 12 looks for it, later ones also know a newer place.
PEDANTRY = {'cid-contains-uppercase-letter', 'developer-name-tag-deprecated'}


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, encoding='utf-8', check=False,
                          **options)


def accepts(*command, **options):
    """The tool finds nothing: it succeeds and says nothing."""
    done = run(*command, **options)
    said = done.stdout + done.stderr
    assert done.returncode == 0 and not said.strip(), f'{command}: {said}'


def desktop_entry(path):
    # Keys are case sensitive, and a ; begins no comment.
    parser = configparser.RawConfigParser(delimiters='=', comment_prefixes='#', strict=True)
    parser.optionxform = str
    parser.read(path, encoding='utf-8')
    return dict(parser['Desktop Entry'])


def desktop_files():
    files = sorted((DATA / 'applications').glob('*.desktop'))
    assert DATA / 'applications' / f'{ID}.desktop' in files, files
    return files


def component():
    return ElementTree.parse(DATA / 'metainfo' / f'{ID}.metainfo.xml').getroot()


def templates():
    found = sorted((SOURCE / 'ui').rglob('*.ui'))
    assert found
    return found


def icons():
    """All that are drawn for Beckon: those that are installed, and those in resources."""
    found = [*(SOURCE / 'data/icons').rglob('*.svg'), *(SOURCE / 'ui').rglob('*.svg')]
    assert len(found) >= 5, found
    return found


def test_desktop_files():
    for path in desktop_files():
        accepts('desktop-file-validate', '--warn-kde', path)
        entry = desktop_entry(path)
        # Each has an icon of its own, under its own name.
        assert entry['Icon'] == path.stem, entry
        assert (DATA / 'icons/hicolor/scalable/apps' / f'{path.stem}.svg').is_file(), entry


def test_activation():
    """The bus starts the application under the desktop file's name, with the same program."""
    entry = desktop_entry(DATA / 'applications' / f'{ID}.desktop')
    assert entry['DBusActivatable'] == 'true'
    service = (DATA / f'{ID}.service').read_text(encoding='utf-8')
    assert f'\nName={ID}\n' in service, service
    program = re.search(r'^Exec=(\S+) --gapplication-service$', service, re.MULTILINE)
    assert program and pathlib.Path(program[1]).is_absolute(), service
    assert pathlib.Path(program[1]).name == entry['Exec'].split()[0], (service, entry)


def test_metainfo():
    path = DATA / 'metainfo' / f'{ID}.metainfo.xml'
    done = run('appstreamcli', 'validate', '--no-net', '--pedantic', '--format', 'yaml', path)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r'^ *-? *tag: (\S+)', done.stdout, re.MULTILINE)
    if re.search(r'version: 0\.', run('appstreamcli', '--version').stdout) and 'unknown-tag' in found:
        found.remove('unknown-tag') # <developer>, which newer ones want
    found = set(found)
    assert 'Passed: yes' in done.stdout or 'Passed: true' in done.stdout, done.stdout
    assert found <= PEDANTRY, done.stdout


def size_of(path):
    """Width and height of a PNG file."""
    head = path.read_bytes()[:24]
    assert head[:8] == b'\x89PNG\r\n\x1a\n', f'{path.name} is no PNG file'
    return struct.unpack('>II', head[16:])


def test_screenshots():
    """Those that software centres and README are told of are there, as large as is said, and small files."""
    folder = SOURCE / 'data/screenshots'
    root = component()
    home = root.find('url[@type="homepage"]').text
    images = root.findall('screenshots/screenshot/image')
    assert images, 'there is not one'
    for image in images:
        assert image.text.startswith(f'{home}screenshots/'), image.text
        path = folder / image.text.removeprefix(f'{home}screenshots/')
        assert size_of(path) == (int(image.get('width')), int(image.get('height'))), path.name
    for name in re.findall(r'\]\(data/screenshots/([^)]+)\)', (SOURCE / 'README.md').read_text(encoding='utf-8')):
        assert (folder / name).is_file(), name
    for path in folder.iterdir():
        assert path.stat().st_size <= 150 * 1024, f'{path.name} has {path.stat().st_size} bytes'


def test_metainfo_fits_the_rest():
    root = component()
    launchable = root.find('launchable[@type="desktop-id"]').text
    assert root.find('id').text == ID and (DATA / 'applications' / launchable).is_file()
    entry = desktop_entry(DATA / 'applications' / launchable)
    assert root.find('name').text == entry['Name'] and root.find('summary').text == entry['Comment']
    assert entry['Exec'].split()[0] in [item.text for item in root.findall('provides/binary')]
    build = re.search(r"^  version: '([^']+)'", (SOURCE / 'meson.build').read_text(encoding='utf-8'), re.MULTILINE)
    news = re.findall(r'^Beckon (\S+)$', (SOURCE / 'NEWS').read_text(encoding='utf-8'), re.MULTILINE)
    releases = [item.get('version') for item in root.findall('releases/release')]
    assert releases == news and releases[0] == build[1], (releases, news, build[1])


def test_schema():
    folder = SOURCE / 'data/glib-2.0/schemas'
    accepts('glib-compile-schemas', '--strict', '--dry-run', folder)
    for path in folder.glob('*.gschema.xml'):
        for schema in ElementTree.parse(path).getroot().iter('schema'):
            assert schema.get('path') == '/' + schema.get('id').replace('.', '/') + '/', schema.attrib
            for key in schema.iter('key'):
                text = [key.findtext(name, '').strip() for name in ('summary', 'description')]
                assert all(text), f'{key.get("name")} is not described'
                assert key.get('type') != 'i' or key.find('range') is not None, f'{key.get("name")} has no range'


def settings(*arguments, **more):
    environment = {**os.environ, 'XDG_DATA_DIRS': str(DATA), **more}
    environment.pop('GSETTINGS_SCHEMA_DIR', None)
    done = run('gsettings', *arguments, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_schema_is_found_in_the_build():
    """By XDG_DATA_DIRS alone, as programs of the build are run."""
    values = dict(line.split(' ', 2)[1:] for line in settings('list-recursively', ID).splitlines())
    assert values['window-width'] == '900' and values['window-height'] == '640', values
    assert values['run-in-background'] == values['notify-messages'] == values['notify-invitations'] == 'true', values
    # Within the ranges only: a window of no width could not be found again.
    assert settings('range', ID, 'window-width').split() == ['range', 'i', '360', '32767']


def test_icons():
    with tempfile.TemporaryDirectory() as folder:
        for path in icons():
            root = ElementTree.parse(path).getroot()
            size = root.get('width')
            assert root.tag == SVG + 'svg' and root.get('viewBox') == f'0 0 {size} {size}', path
            assert root.get('height') == size, f'{path} is not square'
            assert size == ('16' if path.stem.endswith('-symbolic') else '128'), path
            # It can be drawn, and something is to be seen.
            picture = pathlib.Path(folder) / 'picture.png'
            accepts('rsvg-convert', '--width', '16', '--height', '16', '--output', picture, path)
            shades = run('identify', '-format', '%w %h %[fx:maxima.a] %[fx:minima.a]', picture).stdout.split()
            assert shades == ['16', '16', '1', '0'], f'{path}: {shades}'
            if SOURCE / 'data' in path.parents:
                built = BUILD / path.relative_to(SOURCE)
                assert built.is_file() and built.read_bytes() == path.read_bytes(), f'{built} is not where it is found'


def test_symbolic_icons_take_any_colour():
    """GTK recolours what is filled, and fills what is not: shapes with one fill, no lines, no styles."""
    tried = 0
    for path in icons():
        if path.stem.endswith('-symbolic'):
            shapes = [item for item in ElementTree.parse(path).getroot().iter() if item.tag != SVG + 'svg']
            for shape in shapes:
                assert shape.tag in SHAPES, f'{path}: {shape.tag}'
                assert shape.get('fill') == '#2e3436', f'{path}: {shape.attrib}'
                assert not {'stroke', 'style', 'class', 'opacity'} & set(shape.attrib), f'{path}: {shape.attrib}'
            tried += bool(shapes)
    assert tried >= 4, tried


def test_icons_in_the_resource_are_ours():
    """Icons that the application brings along are named after it, so that no theme has one of that name; or they are those
    that libadwaita's own rows ask for."""
    for path in (SOURCE / 'ui/icons').rglob('*.svg'):
        assert path.parent.relative_to(SOURCE / 'ui/icons') == pathlib.Path('scalable/actions'), path
        assert path.name.startswith(('beckon-', 'adw-')) and path.name.endswith('-symbolic.svg'), path
        resource = f'/im/beckon/Beckon/{path.relative_to(SOURCE / "ui")}'
        listed = run('gresource', 'list', BUILD / 'src/app/beckon').stdout.split()
        assert resource in listed, f'{resource}: {listed}'


def test_icons_that_windows_name():
    """Each is in the theme of the desktop, or we bring it along."""
    if not THEME.is_dir():
        raise tap.Skip('adwaita-icon-theme is not installed')
    drawn = run('gresource', 'list', BUILD / 'src/app/beckon').stdout
    known = {path.stem for path in (*THEME.rglob('*-symbolic.svg'), *icons())}
    known.update(re.findall(r'/([\w-]+)\.symbolic\.png$', drawn, re.MULTILINE))
    named = {}
    for path in (*(SOURCE / 'ui').rglob('*.ui'), *(SOURCE / 'src/app').rglob('*.c')):
        for found in re.findall(r'[">]([A-Za-z][\w.-]*-symbolic)["<]', path.read_text(encoding='utf-8')):
            named.setdefault(found, path)
    strangers = {name: str(path) for name, path in named.items() if name not in known}
    assert not strangers, strangers


def test_templates():
    """Whole XML, with texts that can be translated."""
    for path in templates():
        root = ElementTree.parse(path).getroot()
        assert root.tag == 'interface' and root.get('domain') == 'beckon', f'{path}: the texts are of the domain beckon'
        identifiers = [item.get('id') for item in root.iter() if item.tag in ('object', 'template') and item.get('id')]
        assert len(identifiers) == len(set(identifiers)), f'{path}: an id is there twice'
        for item in root.iter():
            shown = item.tag in ('property', 'attribute') and item.get('name') in SHOWN
            if shown and re.search('[A-Za-z]', item.text or '') and item.text != 'Beckon':
                assert item.get('translatable') == 'yes', f'{path}: “{item.text}” cannot be translated'


def test_templates_can_be_built():
    """GTK judges those that stand alone: its tool knows neither our types nor those of libadwaita."""
    foreign = re.compile(r'<template|class="(Adw|Bk)')
    alone = [path for path in templates() if not foreign.search(path.read_text(encoding='utf-8'))]
    with screen() as display:
        for path in alone:
            done = run('gtk4-builder-tool', 'validate', path, env={**os.environ, **display})
            assert done.returncode == 0, f'{path}: {done.returncode}: {done.stderr}'


def test_template_of_translations():
    """All sources can be read by gettext, without a warning, and their texts are found."""
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / 'beckon.pot'
        texts.make_template(template)
        said = template.read_text(encoding='utf-8')
        for name in texts.listed():
            assert re.search(f'^#: (.* )?{re.escape(name)}:[0-9]', said, re.MULTILINE), f'{name} has no texts'
        accepts('msgfmt', '--check-format', '--output-file', os.devnull, template)
    languages = (SOURCE / 'po/LINGUAS').read_text(encoding='utf-8').split()
    assert all((SOURCE / 'po' / f'{language}.po').is_file() for language in languages), languages


def test_manual_pages():
    listed = (SOURCE / 'data/man/meson.build').read_text(encoding='utf-8')
    pages = {path.name for path in (SOURCE / 'data/man').glob('*.[1-8]')}
    assert pages == set(re.findall(r"'([^']+\.[1-8])'", listed)) and 'beckon.1' in pages, pages
    accepts('groff', '-man', '-Tutf8', '-ww', '-z', *(SOURCE / 'data/man' / page for page in sorted(pages)))


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
