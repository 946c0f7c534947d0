#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences → Applications: what is registered is listed, registered, tried, changed and removed."""
import pathlib
import subprocess

from app_cases import couple, tap
from cases import attach
from processes import LIMIT

ONE_STROKE = '1 stroke.'
HERE = pathlib.Path(__file__).resolve().parent


def open_page(alice):
    alice.press('Main Menu')
    alice.desk.activate('menu item', 'Preferences')
    preferences = alice.desk.window('Preferences')
    alice.desk.click('page tab', 'Applications', within=preferences)
    alice.desk.find('push button', lambda name: name.startswith('Register an application'), within=preferences,
                    shown=True)
    return preferences


def applications(alice):
    return {a['name']: a for a in alice.user.ctl('apps')}


def both_connected(alice):
    """The two sides of the session that alice has with herself, when both are connected."""
    def connected():
        sides = [side for side in alice.user.ctl('sessions') if side['state'] == 'connected']
        return sides if len(sides) == 2 else None

    return alice.desk.wait(connected, 'both sides are connected')


def leave_page(alice):
    """Not by Escape, which takes away what is on top: that may be a sentence that is about to go by itself."""
    alice.desk.key('alt+F4', window=alice.desk.window('Preferences'))
    alice.desk.window_gone('Preferences')


def test_register_try_change_remove():
    with couple() as (_world, alice, _bob):
        preferences = open_page(alice)
        alice.press(lambda name: name.startswith('Register an application'), within=preferences)
        dialog = alice.desk.window('Register an Application')
        guid = alice.desk.text(alice.desk.find('text', 'GUID, the same on every computer', within=dialog))
        assert len(guid) == 38 and guid == guid.upper() and guid[0] == '{', guid
        alice.desk.fill('text', 'Thing', 'Name', within=dialog)
        alice.desk.fill('text', '/nonexistent/program', 'Full path of the program', within=dialog)
        alice.press('Register', within=dialog)
        alice.says('/nonexistent/program is not the absolute path of a program that can be started.')
        alice.desk.fill('text', str(HERE / 'peer'), 'Full path of the program', within=dialog)
        alice.desk.fill('text', "hold 'a b'", 'Arguments', within=dialog)
        alice.desk.fill('text', 'https://example.org/thing', 'Web page where others can get it', within=dialog)
        alice.press('Register', within=dialog)
        alice.desk.window_gone('Register an Application')
        assert applications(alice)['Thing']['guid'] == guid
        shown = alice.user.ctl('apps', 'show', guid)
        assert (shown['path'], shown['url']) == (f"{HERE}/peer hold 'a b'", 'https://example.org/thing'), shown
        alice.says('Registered by you')

        alice.press('Try Thing With Myself', within=preferences)
        alice.says('Thing is started twice')
        sides = both_connected(alice)
        assert sorted(s['role'] for s in sides) == ['invitee', 'inviter'], sides
        assert not alice.desk.all('frame', 'Waiting') and not alice.desk.all('dialog', 'Invitation')

        alice.press('Change Thing', within=preferences)
        dialog = alice.desk.window('Change an Application')
        alice.desk.holds(alice.desk.find('text', 'Arguments', within=dialog), "hold 'a b'")
        alice.desk.fill('text', 'Thing 2', 'Name', within=dialog)
        alice.press('Save', within=dialog)
        alice.desk.window_gone('Change an Application')
        assert list(a for a in applications(alice) if a.startswith('Thing')) == ['Thing 2']
        assert alice.user.ctl('apps', 'show', guid)['path'] == shown['path']

        alice.press('Remove Thing 2', within=preferences)
        alice.press('Remove', within=alice.desk.find('dialog', 'Remove Thing 2?'))
        alice.desk.gone('push button', 'Change Thing 2')
        assert guid not in {a['guid'] for a in alice.user.ctl('apps')}
        # The sessions that run go on without it.
        assert len([s for s in alice.user.ctl('sessions') if s['state'] == 'connected']) == 2
        leave_page(alice)


def test_what_cannot_be_started():
    with couple() as (world, alice, _bob):
        folder = alice.user.folder / 'data' / 'beckon' / 'peers'
        folder.mkdir(parents=True, exist_ok=True)
        world.expected_warning = 'broken.peer is ignored'
        (folder / 'broken.peer').write_text('rubbish\n', encoding='utf-8')
        alice.user.ctl('apps', 'register', '{11111111-2222-4333-8444-555555555555}', 'Fails', f'{HERE}/peer fail')
        preferences = open_page(alice)
        alice.says('broken.peer is ignored: The file is not a key file')
        alice.says('Installed for everybody')
        alice.press('Try Fails With Myself', within=preferences)
        alice.says('Fails ended with an error.')
        leave_page(alice)


def test_mistakes_come_and_go():
    with couple() as (world, alice, _bob):
        preferences = open_page(alice)
        assert alice.desk.all('list', 'Applications', within=preferences)
        assert not alice.desk.all('label', 'Ignored Registrations', within=preferences, shown=True)
        folder = alice.user.folder / 'data' / 'beckon' / 'peers'
        folder.mkdir(parents=True, exist_ok=True)
        world.expected_warning = 'broken.peer is ignored'
        (folder / 'broken.peer').write_text('rubbish\n', encoding='utf-8')
        said = alice.desk.find('label', lambda name: 'broken.peer is ignored' in name, within=preferences)
        assert said
        (folder / 'broken.peer').unlink()
        alice.desk.gone('label', lambda name: 'broken.peer is ignored' in name, within=preferences)
        leave_page(alice)


def try_with_myself(alice, name):
    preferences = open_page(alice)
    alice.press(f'Try {name} With Myself', within=preferences)
    alice.says(f'{name} is started twice')
    return preferences, both_connected(alice)


def boards_of(alice):
    return alice.desk.all('image', 'Board')


def draw(alice, frame):
    """A stroke by the keys of one of two windows that have the same title."""
    pids = {alice.desk.bus.process(frame.bus)}
    alice.desk.hands.activate(alice.desk.hands.windows_of(pids)[0])
    alice.desk.hands.wait(lambda: 'active' in alice.desk.states(frame), 'the board has the keyboard')
    for key in ('space', 'ctrl+right', 'ctrl+down', 'space'):
        alice.desk.hands.key(key)


def test_whiteboard_with_myself():
    with couple() as (_world, alice, _bob):
        _preferences, sides = try_with_myself(alice, 'Whiteboard')
        alice.desk.wait(lambda: len(boards_of(alice)) == 2, 'there are two boards')
        alice.desk.wait(lambda: len(alice.desk.all('label', lambda name: name.startswith('With '))) == 2,
                        'both boards are joined')
        for board, strokes in zip(boards_of(alice), (ONE_STROKE, '2 strokes.')):
            draw(alice, board.frame)
            alice.desk.wait(lambda strokes=strokes: all(b.description.startswith(strokes) for b in boards_of(alice)),
                            'what one draws both show')
        # Of the two sides of one SessionID, it does not matter which is ended.
        assert sides[0]['id'] == sides[1]['id']
        alice.user.ctl('cancel', sides[0]['id'])
        alice.desk.wait(lambda: alice.user.ctl('sessions') == [], 'both sides are over')


def test_pipe_with_myself():
    with couple() as (_world, alice, _bob):
        _preferences, sides = try_with_myself(alice, 'Pipe')
        ends = [attach(alice.user, sides[0]['id'], stdin=subprocess.PIPE) for _ in range(2)]
        for one, other, words in ((*ends, b'there\n'), (*reversed(ends), b'and back\n')):
            one.stdin.write(words)
            one.stdin.flush()
            assert other.stdout.readline() == words
        for end in ends:
            end.stdin.close()
        assert [end.stdout.read() for end in ends] == [b'', b''] and [end.wait(LIMIT) for end in ends] == [0, 0]
        alice.desk.wait(lambda: alice.user.ctl('sessions') == [], 'both sides are over')
        leave_page(alice)


if __name__ == '__main__':
    tap.run([test_register_try_change_remove, test_what_cannot_be_started, test_mistakes_come_and_go,
             test_whiteboard_with_myself, test_pipe_with_myself])
