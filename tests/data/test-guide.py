#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guides for developers show: the first one is followed to the letter, in an empty folder and with what is
installed; the code of the others is compiled."""
import ast
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import installed
from display import screen
from users import PREFIX, run
from processes import adopt_orphans, end_all  # of the folders that users.py has added
import tap

DOC = installed.SOURCE / 'src/lib/doc'
EXAMPLES = installed.SOURCE / 'examples'
FIRST = DOC / 'first-peer.md'
BLOCK = re.compile(r'^```(\w+)\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SAVE = re.compile(r'[Ss]ave (?:this|it)\s+as\s+`([\w.]+)`')
KINDS = {'sh', 'text', 'python', 'c', 'ini', 'json'}
LIMIT = 300
GUID = '3B7D1C58-90E2-4A6F-8C14-D5F2A7E6B903'
STRICT = ('-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-Wno-unused-function',
          '-fsyntax-only', '-x', 'c')


def blocks(path):
    """(language, text, the words before it) of each piece of code."""
    page = path.read_text(encoding='utf-8')
    end, found = 0, []
    for match in BLOCK.finditer(page):
        found.append((match[1], match[2], page[end:match.start()]))
        end = match.end()
    assert page.count('```') == 2 * len(found), f'{path.name}: a block of code has no language or no end'
    assert {kind for kind, _, _ in found} <= KINDS, path.name
    return found


def pages(kind):
    return [(path, text) for path in sorted(DOC.glob('*.md')) for found, text, _ in blocks(path) if found == kind]


def make_script(steps):
    """All commands and files one after the other, as somebody types them into one terminal, with marks between."""
    script, expected = ['set -e -u'], {}
    for number, (kind, text, before) in enumerate(steps):
        if kind == 'sh':
            script += [f'echo "==== {number}"', text]
        elif kind == 'text':
            expected[number - 1] = text.splitlines()
        else:
            name = SAVE.search(before)[1]
            assert text == (EXAMPLES / name).read_text(encoding='utf-8'), f'{name} is another one in examples/'
            script += [f"cat > {name} <<'END OF THE FILE'", text + 'END OF THE FILE']
    return '\n'.join(script) + '\necho "==== done"\n', expected


def follow(script):
    """What each step said, in a folder with nothing in it and with a screen."""
    adopt_orphans()
    with screen() as display, tempfile.TemporaryDirectory(prefix='beckon-') as name:
        folder = pathlib.Path(name)
        own = {'HOME': str(folder), 'LANG': 'C.UTF-8', 'USER': 'developer', 'XDG_RUNTIME_DIR': str(folder / 'run')}
        environment = {**installed.environment(own), **display}
        environment['XDG_DATA_DIRS'] = f'{PREFIX}/share:/usr/share'
        (folder / 'run').mkdir(mode=0o700)
        (folder / 'empty').mkdir()
        with open(folder / 'said', 'wb') as said:
            try:
                status = subprocess.run(['bash'], input=script.encode(), cwd=folder / 'empty', env=environment,
                                        stdout=said, stderr=said, timeout=LIMIT, check=False).returncode
            except subprocess.TimeoutExpired:
                status = 'no end'
            finally:
                end_all()
        text = (folder / 'said').read_text(encoding='utf-8', errors='replace')
    assert status == 0 and text.endswith('==== done\n'), f'ended with {status}:\n{text}'
    return {int(number): lines.splitlines() for number, lines in
            re.findall(r'^==== (\d+)\n(.*?)(?=^==== )', text, re.MULTILINE | re.DOTALL)}


def says(lines, wanted):
    """Whether these lines are among what was said, in that order; … stands for anything."""
    rest = iter(lines)
    patterns = ['.*'.join(map(re.escape, line.split('…'))) for line in wanted]
    return all(any(re.fullmatch(pattern, line) for line in rest) for pattern in patterns)


def test_first_peer():
    installed.install()
    script, expected = make_script(blocks(FIRST))
    said = follow(script)
    assert expected
    for number, wanted in expected.items():
        assert says(said[number], wanted), f'{wanted} is not what was said:\n{said[number]}'


def test_c_of_the_guides():
    flags = shlex.split(run('pkg-config', '--cflags', 'beckon-1', 'gtk4'))
    found = pages('c')
    assert found
    for path, text in found:
        program = text if '#include' in text else f'#include <beckon.h>\n{text}'
        with tempfile.NamedTemporaryFile('w', suffix='.c', encoding='utf-8') as file:
            file.write(program)
            file.flush()
            try:
                run(*shlex.split(os.environ.get('CC', 'cc')), *STRICT, *flags, file.name)
            except AssertionError as error:
                raise AssertionError(f'{path.name}: {error}') from None


CHECK = '''
import ast, sys
import gi
gi.require_version('Beckon', '1')
from gi.repository import Beckon

def resolve(node):
    if isinstance(node, ast.Name):
        return Beckon if node.id == 'Beckon' else None
    if isinstance(node, ast.Attribute):
        parent = resolve(node.value)
        return None if parent is None else getattr(parent, node.attr)

names = 0
for node in ast.walk(ast.parse(sys.stdin.read())):
    names += resolve(node) is not None
print(names)
'''


def test_python_of_the_guides():
    """It is Python, and what it takes from the library is there: an interpreter with the installed one looks."""
    found = pages('python')
    assert found
    for path, text in found:
        ast.parse(text, path.name)
        done = subprocess.run([sys.executable, '-c', CHECK], input=text, encoding='utf-8', check=False,
                              capture_output=True, env=installed.environment(dict(os.environ)))
        assert done.returncode == 0, f'{path.name}: {done.stderr}'


SERVICE = """
export XDG_CONFIG_HOME=$PWD/config XDG_DATA_HOME=$PWD/data XDG_STATE_HOME=$PWD/state XDG_CACHE_HOME=$PWD/cache
export DBUS_SESSION_BUS_ADDRESS=unix:path=$PWD/bus BECKON_SECRETS=file
dbus-daemon --session --fork --address=$DBUS_SESSION_BUS_ADDRESS --print-pid
$(pkg-config --variable=service beckon-1) --backend=fake &
gdbus wait --session --timeout 60 im.beckon.Beckon.Service
echo "==== 0"
beckonctl apps
"""


def test_registrations_and_commands_of_the_guides():
    """The service takes each registration, without a word about it; and what is typed into a shell can be typed."""
    script, guids = ['set -e -u', 'mkdir -p data/beckon/peers'], []
    for _, text in pages('ini'):
        guids.append(re.search(r'^GUID=(.*)$', text, re.MULTILINE)[1])
        script += [f"cat > 'data/beckon/peers/{guids[-1]}.peer' <<'END OF THE FILE'", text + 'END OF THE FILE']
    assert len(set(guids)) == len(guids) > 0, guids
    commands = [text for path, text in pages('sh') if path != FIRST]
    said = follow('\n'.join([*script, SERVICE, 'echo "==== 1"', *commands, 'echo "==== done"\n']))
    assert all(any(line.startswith(f'{guid}  ') for line in said[0]) for guid in guids), said
    assert not any('is ignored' in line for line in said[0]), said
    assert any(guids[0] in line for line in said[1]), said


def test_peer_without_the_library():
    peer = next(text for path, text in pages('python') if path.name == 'dbus.md')
    script = ['set -e -u', SERVICE, "cat > peer.py <<'END OF THE FILE'", peer + 'END OF THE FILE',
              'echo secret | beckonctl account add you@localhost --password-stdin',
              f"beckonctl apps register '{{{GUID}}}' Peer \"{sys.executable} $PWD/peer.py\"",
              'beckonctl invite echo Peer --wait connected', 'echo "==== 1"',
              "until log=$(beckonctl show | grep -o '/.*\\.log$'); do sleep 0.1; done",
              'timeout 60 tail -n +1 -f "$log" | grep -m 1 hello',
              'beckonctl cancel', 'echo "==== done"\n']
    assert follow('\n'.join(script))[1] == ['They say: hello']


OPERATOR = re.compile(r'^    (beckon-server .*)$', re.MULTILINE)


def test_commands_of_operators():
    """With a server that runs, on its own file."""
    commands = [command.replace('/var/lib/beckon/beckon.sqlite', '"$PWD/beckon.sqlite"')
                for path in sorted(DOC.glob('*.md')) for command in OPERATOR.findall(path.read_text(encoding='utf-8'))]
    assert {tuple(command.split()[1:3]) for command in commands} == {('alert', 'send'), ('license', 'issue')}, commands
    script = ['set -e -u', 'beckon-server run --domain localhost --listen 127.0.0.1:0 --database "$PWD/beckon.sqlite" '
              '> listening & server=$!', 'timeout 60 tail -n +1 -f listening | grep -m 1 "listening on"',
              'echo "==== 0"', *commands, 'beckon-server license list --database "$PWD/beckon.sqlite"',
              'kill $server', 'wait $server', 'echo "==== done"\n']
    said = follow('\n'.join(script))[0]
    assert any('Chess' in line for line in said), said


PEER_FILE = 'data/dbus-1/services/im.beckon.Beckon.Peer.Chess.service'


def test_peer_that_the_bus_starts():
    """The program of the page on sandboxes is found by its name, and started for a session by the bus."""
    peer = next(text for path, text in pages('python') if path.name == 'flatpak.md')
    script = ['set -e -u', 'mkdir -p data/dbus-1/services', "cat > chess.py <<'END OF THE FILE'",
              peer + 'END OF THE FILE',
              f"cat > {PEER_FILE} <<END\n[D-BUS Service]\nName=im.beckon.Beckon.Peer.Chess",
              f'Exec=/bin/sh -c "exec {sys.executable} $PWD/chess.py > $PWD/played"\nEND', 'touch played', SERVICE,
              'echo secret | beckonctl account add you@localhost --password-stdin',
              'beckonctl watch --timeout 60 --until "application={8C2D7E15-64B9-4F0A-A3D1-57E0C9B6F248}"',
              'beckonctl invite echo Chess --wait connected', 'echo "==== 1"',
              'timeout 60 tail -n +1 -f played | grep -m 1 "They say"',
              'beckonctl show', 'beckonctl context', 'beckonctl cancel', 'echo "==== done"\n']
    said = follow('\n'.join(script))[1]
    assert said[0] == 'They say: e2e4' and any('e2e4' in line for line in said[1:]), said


def test_manifest_of_the_guide():
    """What the page on sandboxes asks for is what the example has, which the tests of Flatpaks play."""
    [(path, text)] = pages('json')
    shown = json.loads(text)
    example = json.loads((EXAMPLES / 'flatpak/org.example.Dice.json').read_text(encoding='utf-8'))
    assert path.name == 'flatpak.md'
    names = {word.replace('Peer.Chess', 'Peer.Dice') for word in shown['finish-args']}
    assert names == {word for word in example['finish-args'] if '-name=' in word}, names
    assert shown['modules'][0]['config-opts'] == example['modules'][0]['config-opts']
    assert not [word for word in example['finish-args'] if 'network' in word or 'filesystem' in word]


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
