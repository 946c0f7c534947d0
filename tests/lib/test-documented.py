#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every public symbol says what it is, what it takes and gives, and what can go wrong; the guides lead somewhere."""
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap  # noqa: E402

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
BUILD = pathlib.Path(os.environ['BECKON_BUILDDIR'])
GIR = BUILD / 'src/lib/Beckon-1.gir'
DOC = SOURCE / 'src/lib/doc'
NAMESPACES = {'': 'http://www.gtk.org/introspection/core/1.0', 'c': 'http://www.gtk.org/introspection/c/1.0',
              'glib': 'http://www.gtk.org/introspection/glib/1.0'}
CORE, C, GLIB = ('{' + NAMESPACES[name] + '}' for name in ('', 'c', 'glib'))
CALLABLES = ('function', 'method', 'constructor', 'virtual-method', 'callback')


def find(node, *names):
    wanted = {f'{CORE}{name}' for name in names} | {f'{GLIB}{name}' for name in names}
    return [child for child in node.iter() if child.tag in wanted]


def words(node):
    found = node.find('doc', NAMESPACES)
    return '' if found is None else ' '.join(found.text.split())


def name_of(node, parents):
    above = parents.get(node)
    name = node.get(f'{C}identifier') or node.get('name')
    return name if node.get(f'{C}identifier') or above is None else f'{above.get("name")}.{name}'


def library():
    root = ElementTree.parse(GIR).getroot().find('namespace', NAMESPACES)
    return root, {child: parent for parent in root.iter() for child in parent}


def is_hidden(node):
    """What only the machinery sees: the structure of a class."""
    return node.get('disguised') == '1' or node.get(f'{GLIB}is-gtype-struct-for') is not None


def test_everything_has_words():
    root, parents = library()
    kinds = (*CALLABLES, 'class', 'enumeration', 'bitfield', 'member', 'property', 'signal', 'constant', 'record')
    nodes = [node for node in find(root, *kinds) if not is_hidden(node)]
    assert len(nodes) > 300, len(nodes)
    silent = [name_of(node, parents) for node in nodes if not words(node)]
    assert not silent, silent


def test_arguments_have_words():
    root, parents = library()
    bad = []
    for node in find(root, *CALLABLES, 'signal'):
        for parameter in node.findall('parameters/parameter', NAMESPACES):
            if not words(parameter):
                bad.append(f'{name_of(node, parents)}: {parameter.get("name")} has no words')
        result = node.find('return-value', NAMESPACES)
        kind = result.find('type', NAMESPACES)
        if kind is not None and kind.get('name') == 'none':
            continue
        if not words(result):
            bad.append(f'{name_of(node, parents)}: what it returns has no words')
    assert not bad, '\n'.join(bad)


def source_comments():
    """C identifier → its comment: the scanner fills in what a comment leaves out, a reader of it cannot."""
    comments = {}
    for path in (*(SOURCE / 'src/lib').glob('*.[ch]'), *(SOURCE / 'src/common/public').glob('*.[ch]')):
        for text in re.findall(r'/\*\*\n(.*?)\*/', path.read_text(encoding='utf-8'), re.DOTALL):
            comments[re.search(r'\* ([\w:-]+?):(?: |\n|$)', text)[1]] = re.sub(r'\n\s*\* ?', ' ', text)
    return comments


def is_pointer(node):
    kind = node.find('type', NAMESPACES)
    kind = node.find('array', NAMESPACES) if kind is None else kind
    return kind is not None and '*' in (kind.get(f'{C}type') or '')


def test_ownership_is_told():
    root, parents = library()
    comments = source_comments()
    bad = []
    for node in find(root, 'function', 'method', 'constructor'):
        name = node.get(f'{C}identifier')
        result = node.find('return-value', NAMESPACES)
        if is_pointer(result) and not re.search(r'Returns: \(transfer (none|full|container)\)', comments[name]):
            bad.append(f'{name}: who owns what it returns?')
        for part in (*node.findall('parameters/parameter', NAMESPACES), result):
            null = '%NULL' in words(part)
            if null and part.get('nullable') != '1':
                bad.append(f'{name}: “{words(part)}” without (nullable)')
            if part is result and part.get('nullable') == '1' and not null:
                bad.append(f'{name}: when does it return %NULL?')
    assert not bad, '\n'.join(bad)


def test_errors_are_told():
    root, _ = library()
    throwing = [node for node in find(root, 'function', 'method', 'constructor') if node.get('throws') == '1']
    assert len(throwing) > 30
    known = {member.get(f'{C}identifier') for member in find(root, 'member')}
    bad = []
    for node in throwing:
        text = words(node)
        if 'Errors:' not in text:
            bad.append(f'{node.get(f"{C}identifier")}: which errors?')
        strangers = set(re.findall(r'%(BECKON_\w+)', text)) - known - {'BECKON_ERROR'}
        if strangers:
            bad.append(f'{node.get(f"{C}identifier")}: there is no {strangers}')
    assert not bad, '\n'.join(bad)


def test_guides_lead_somewhere():
    pages = {path.stem for path in DOC.glob('*.md')}
    listed = re.findall(r'"([\w-]+)\.md"', (DOC / 'beckon.toml.in').read_text(encoding='utf-8'))
    assert sorted(listed) == sorted(pages), 'beckon.toml.in and the folder have different pages'
    overview = (DOC / 'overview.md').read_text(encoding='utf-8')
    for page in pages:
        text = (DOC / f'{page}.md').read_text(encoding='utf-8')
        assert text.startswith('Title: ') and f'\nSlug: {page}\n' in text, page
        strangers = set(re.findall(r'\]\(([\w-]+)\.html\)', text)) - pages
        assert not strangers, f'{page}: there is no {strangers}'
        assert page == 'overview' or f']({page}.html)' in overview, f'the overview does not lead to {page}'


def test_all_errors_are_on_their_page():
    root, _ = library()
    table = (DOC / 'errors.md').read_text(encoding='utf-8')
    rows = re.findall(r'^\| `(\w+)` \| `(\w+)` \| (.+?) \| `(\w+)` \| (0x[0-9A-F]{8}) \|$', table, re.MULTILINE)
    told = {code: (name, text, symbol, number) for code, name, text, symbol, number in rows}
    source = (SOURCE / 'src/common/public/beckon-error.c').read_text(encoding='utf-8')
    real = re.findall(r'INFO \((\w+), "(\w+)", "[\w-]+", "(\w+)", (0x[0-9A-F]{8})\)', source)
    meant = {member.get(f'{C}identifier').removeprefix('BECKON_ERROR_'): re.sub(r' \(`.*', '', words(member))
             for node in find(root, 'enumeration') if node.get('name') == 'Error' for member in find(node, 'member')}
    expected = {code: (name, meant[code], symbol, number) for code, name, symbol, number in real}
    assert len(real) == len(meant) and told == expected, {code for code in {*told, *expected}
                                                         if told.get(code) != expected.get(code)}


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
