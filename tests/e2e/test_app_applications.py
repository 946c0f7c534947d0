#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences → Applications: what is registered is listed, registered, tried, changed and removed."""
import pathlib

from app_cases import couple, tap

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


def test_register_try_change_remove():
    with couple() as (_world, alice, _bob):
        preferences = open_page(alice)
        alice.press(lambda name: name.startswith('Register an application'), within=preferences)
        dialog = alice.desk.window('Register an Application')
        guid = alice.desk.text(alice.desk.find('text', 'GUID: the same on every computer', within=dialog))
        assert len(guid) == 38 and guid == guid.upper() and guid[0] == '{', guid
        alice.desk.fill('text', 'Thing', 'Name', within=dialog)
        alice.desk.fill('text', '/nonexistent/program', 'Program: its whole path', within=dialog)
        alice.press('Register', within=dialog)
        alice.says('/nonexistent/program is not the absolute path of a program that can be started.')
        alice.desk.fill('text', str(HERE / 'peer'), 'Program: its whole path', within=dialog)
        alice.desk.fill('text', "hold 'a b'", 'Arguments', within=dialog)
        alice.desk.fill('text', 'https://example.org/thing', 'Web page where others get it', within=dialog)
        alice.press('Register', within=dialog)
        alice.desk.window_gone('Register an Application')
        assert applications(alice)['Thing']['guid'] == guid
        shown = alice.user.ctl('apps', 'show', guid)
        assert (shown['path'], shown['url']) == (f"{HERE}/peer hold 'a b'", 'https://example.org/thing'), shown
        alice.says('Registered by you')

        alice.press('Try Thing with Myself', within=preferences)
        alice.says('Thing is started twice')
        sides = alice.desk.wait(lambda: [s for s in alice.user.ctl('sessions') if s['state'] == 'connected'],
                                'both sides are connected')
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
        alice.press('Close', within=preferences)
        alice.desk.window_gone('Preferences')


def test_what_cannot_be_started():
    with couple() as (world, alice, _bob):
        folder = alice.user.folder / 'data' / 'beckon' / 'peers'
        folder.mkdir(parents=True, exist_ok=True)
        world.expected_warning = 'broken.peer was passed over'
        (folder / 'broken.peer').write_text('rubbish\n', encoding='utf-8')
        alice.user.ctl('apps', 'register', '{11111111-2222-4333-8444-555555555555}', 'Fails', f'{HERE}/peer fail')
        preferences = open_page(alice)
        alice.says('broken.peer was passed over: it is not a key file')
        alice.says('Installed for everybody')
        alice.press('Try Fails with Myself', within=preferences)
        alice.says('Fails ended with an error.')
        alice.press('Close', within=preferences)
        alice.desk.window_gone('Preferences')


if __name__ == '__main__':
    tap.run([test_register_try_change_remove, test_what_cannot_be_started])
