#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The D-Bus contract: every member of data/dbus/*.xml says what it is, and what runs on the bus is exactly that."""
import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import BUILD, ECHO, ROOT, SERVICE, SESSIONS, SOURCE, Bus

FILES = sorted((SOURCE / 'data/dbus').glob('im.beckon.*.xml'))
PUBLIC = SOURCE / 'src/common/public'
STANDARD = {'org.freedesktop.DBus.Properties', 'org.freedesktop.DBus.Introspectable', 'org.freedesktop.DBus.Peer'}
OF_OBJECTS = {  # which interfaces are where
    (SERVICE, 'root'): {'Messenger1', 'Registry1'},
    (SERVICE, 'Account'): {'Account1'},
    (SERVICE, 'Conversation'): {'Conversation1'},
    (SERVICE, 'Session'): {'Session1'},
    (SESSIONS, 'root'): {'SessionManager1', 'Lock1'},
    (SESSIONS, 'Private'): {'MessengerPrivate1', 'Lock1'},
    (SESSIONS, 'Session'): {'Session1'},
}
# Words in capitals that are no names of ours.
OTHER_WORDS = {'GUID', 'HMAC', 'UTF', 'URL', 'ASCII', 'JSON', 'SHA', 'PNG', 'JPEG', 'XDG', 'UUID', 'XID', 'LOCAL_', 'BECKON_COOKIE',
               'STUN', 'TURN', 'NAT', 'TCP', 'HOST', 'PORT', 'SOCK_SEQPACKET'}


# ---- the words ----

def parse(path):
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    return ElementTree.fromstring(path.read_text(encoding='utf-8'), parser)


def documented(node):
    """(child, what the comment just before it says) of each child."""
    comment = None
    for child in node:
        if child.tag is ElementTree.Comment:
            comment = child.text
        else:
            yield child, comment
            comment = None


def take_apart(comment):
    """Name, {argument: words}, words; a comment is `Name:`, `@argument: words` lines, an empty line and words."""
    lines = [line.strip() for line in (comment or '').strip().splitlines()]
    arguments, words, last = {}, [], None
    for line in lines[1:]:
        match = re.match(r'@(\w+):\s*(.*)', line)
        if match:
            last = match[1]
            arguments[last] = match[2]
        elif not line:
            last = None
        elif last is not None:
            arguments[last] += ' ' + line
        else:
            words.append(line)
    return (lines[0].removesuffix(':') if lines else ''), arguments, ' '.join(words)


def members(path):
    """(kind, name, element, documentation taken apart) of the interface and of all in it."""
    for interface, comment in documented(parse(path)):
        yield 'interface', interface.get('name'), interface, take_apart(comment)
        for member, words in documented(interface):
            if member.tag != 'annotation':
                yield member.tag, f'{interface.get("name")}.{member.get("name")}', member, take_apart(words)


def known_names():
    """Errors, and values of enumerations without the name of theirs."""
    errors = set(re.findall(r'^ +BECKON_ERROR_(\w+)', (PUBLIC / 'beckon-error.h').read_text(encoding='utf-8'),
                            re.MULTILINE))
    values = set()
    for name in re.findall(r'^ +BECKON_(\w+)', (PUBLIC / 'beckon-enums.h').read_text(encoding='utf-8'), re.MULTILINE):
        parts = name.split('_')
        values |= {'_'.join(parts[number:]) for number in range(1, len(parts))}
    return errors, values


def test_every_member_has_words():
    assert len(FILES) >= 9
    bad = []
    for path in FILES:
        for kind, name, element, (title, arguments, words) in members(path):
            if title != name.rpartition('.')[2] and title != name:
                bad.append(f'{name}: no comment of its name stands before this {kind}')
                continue
            if not words:
                bad.append(f'{name}: no words')
            if kind == 'interface' and not arguments.pop('short_description', ''):
                bad.append(f'{name}: no short description')
            given = [argument.get('name') for argument in element.findall('arg')]
            if None in given or len(set(given)) != len(given):
                bad.append(f'{name}: an argument without a name of its own')
            bad += [f'{name}: @{argument} is no argument' for argument in arguments if argument not in given]
            bad += [f'{name}: @{argument} has no words' for argument in given if not arguments.get(argument)]
    assert not bad, '\n'.join(bad)


def test_errors_exist():
    errors, values = known_names()
    assert 'NOT_INVITEE' in errors and 'READY' in values and 'OUT_TO_LUNCH' in values
    bad, named = [], 0
    for path in FILES:
        for _, name, _, (_, arguments, words) in members(path):
            text = ' '.join([*arguments.values(), words])
            for word in set(re.findall(r'\b[A-Z][A-Z_]{2,}\b', text)) - OTHER_WORDS:
                if word not in errors | values:
                    bad.append(f'{name}: there is no {word}')
            for sentence in re.findall(r'Errors: (.*?)\.(?: |$)', text):
                found = set(re.findall(r'\b[A-Z][A-Z_]{2,}\b', re.sub(r'\([^)]*\)', '', sentence))) - OTHER_WORDS
                named += len(found)
                bad += [f'{name}: {word} is no error' for word in found if word not in errors]
                if not found and 'those of' not in sentence:
                    bad.append(f'{name}: “Errors:” without one')
    assert not bad and named > 80, '\n'.join(bad) or named


def test_interfaces_have_a_version():
    for path in FILES:
        names = [name for kind, name, element, _ in members(path)
                 if kind == 'property' and element.attrib == {'name': 'version', 'type': 'u', 'access': 'read'}]
        assert names == [f'{path.stem}.version'], path.name


# ---- what runs ----

def shape(interface):
    """All of an interface that a caller can tell, in an order of its own."""
    def arguments(node, default):
        return [(argument.get('name'), argument.get('type'), argument.get('direction', default))
                for argument in node.findall('arg')]

    found = {}
    for node in interface:
        if node.tag == 'method':
            found[node.tag, node.get('name')] = sorted(arguments(node, 'in'), key=lambda item: item[2])
        elif node.tag == 'signal':
            found[node.tag, node.get('name')] = [item[:2] for item in arguments(node, 'out')]
        elif node.tag == 'property':
            found[node.tag, node.get('name')] = (node.get('type'), node.get('access'))
        elif node.tag == 'annotation':
            found[node.tag, node.get('name')] = node.get('value')
    return found


def contract():
    return {path.stem: shape(parse(path).find('interface')) for path in FILES}


def introspect(client, name, path):
    text = client.call_raw(name, path, 'org.freedesktop.DBus.Introspectable', 'Introspect')
    return {node.get('name'): node for node in ElementTree.fromstring(text).findall('interface')}


def compare(client, name, path, expected):
    told = introspect(client, name, path)
    assert set(told) - STANDARD == {f'im.beckon.{interface}' for interface in expected}, (name, path, set(told))
    written = contract()
    for interface in expected:
        is_told, is_written = shape(told[f'im.beckon.{interface}']), written[f'im.beckon.{interface}']
        different = {key for key in {*is_told, *is_written} if is_told.get(key) != is_written.get(key)}
        assert not different, (name, path, interface,
                               {key: (is_told.get(key), is_written.get(key)) for key in different})


def test_what_runs_is_what_is_written():
    with Bus() as bus:
        bus.start()
        client = bus.client()
        account = client.account()
        paths = {'root': ROOT, 'Account': account, 'Private': f'{ROOT}/Private',
                 'Conversation': client.call('Account1', 'GetConversation', '(s)', ECHO, path=account),
                 'Session': client.call('SessionManager1', 'CreateSession', '(a{sv})', {})}
        for (name, kind), expected in OF_OBJECTS.items():
            compare(client, name, paths[kind], expected)
        seen = {f'im.beckon.{interface}' for interfaces in OF_OBJECTS.values() for interface in interfaces}
        assert seen == {path.stem for path in FILES} - {'im.beckon.Peer1', 'im.beckon.PeerHost1'}
        # Nothing of ours is anywhere else on the way there.
        for name in (SERVICE, SESSIONS):
            for path in ('/', '/im', '/im/beckon', f'{ROOT}/Account', f'{ROOT}/Conversation', f'{ROOT}/Session'):
                assert not set(introspect(client, name, path)) - STANDARD, (name, path)


def test_programs_of_the_library_are_asked_as_is_written():
    with Bus() as bus:
        bus.start()
        client = bus.client()
        client.account()
        watch = subprocess.Popen([BUILD / 'src/ctl/beckonctl', '--json', 'watch'], env=bus.environment,
                                 stdout=subprocess.PIPE, encoding='utf-8')
        try:
            while json.loads(watch.stdout.readline())['event'] != 'ready':
                pass
            names = client.bus('ListNames', '()')
            theirs = [name for name in names if name.startswith('im.beckon.Beckon.Client.') and name != client.name]
            assert len(theirs) == 1, names
            compare(client, theirs[0], '/im/beckon/Peer', {'Peer1'})
        finally:
            watch.terminate()
            watch.wait()
            watch.stdout.close()


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
