#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both see when the program of a session is not there, or does not do what it should."""
import os
import signal

from cases import PEER, end_peer, peer_pid, register_peer, tap
from processes import is_alive
from stage import Stage, run_together, session_of
from world import HERE

CHESS = '{0B0E0C0A-1111-4222-8333-444455557777}'
PAGE = 'https://example.org/chess?a=1&b=2'
BROWSER = '#!/bin/sh\necho "$1" >> "{pages}"\n'
DESKTOP_FILE = '[Desktop Entry]\nType=Application\nName=Browser\nExec="{program}" %u\nMimeType=x-scheme-handler/https;\n'
DEFAULTS = '[Default Applications]\nx-scheme-handler/https=browser.desktop\n'


def pages(user):
    """The pages that the user's browser was told to open."""
    path = user.folder / 'pages'
    return path.read_text(encoding='utf-8').splitlines() if path.exists() else []


def make_browser(user):
    script = user.folder / 'browser'
    script.write_text(BROWSER.format(pages=user.folder / 'pages'), encoding='utf-8')
    script.chmod(0o755)
    applications = user.folder / 'data/applications'
    applications.mkdir(parents=True)
    (applications / 'browser.desktop').write_text(DESKTOP_FILE.format(program=script), encoding='utf-8')
    (user.folder / 'config/mimeapps.list').write_text(DEFAULTS, encoding='utf-8')


def register_chess(user):
    user.ctl('apps', 'register', CHESS, 'Chess', f'{HERE}/peer hold', '--url', PAGE)


def prepare(user):
    make_browser(user)
    if user.name == 'alice':
        register_chess(user)


stage = Stage('alice', 'bob', prepare=prepare)


def ring_without_chess(alice, bob):
    """Bob has said yes to what he does not have."""
    before = len(pages(bob.user))
    alice.invite('Chess')
    bob.invitation('Chess is not installed here.')
    bob.invitation(PAGE)
    assert len(pages(bob.user)) == before, 'the page was opened before anybody agreed'
    bob.answer('Accept')
    alice.last_card('Bob is installing Chess…')
    bob.last_card('Chess is not installed here. It starts as soon as it is.')
    bob.desk.wait(lambda: len(pages(bob.user)) > before, 'the browser is started')
    assert pages(bob.user)[before:] == [PAGE], pages(bob.user)


def leave(alice, bob, session, name):
    end_peer(alice.user, session, signal.SIGTERM)
    alice.last_card(f'{name} was closed.')
    bob.last_card(f'Alice closed {name}.')


def test_it_is_missing_and_installed_later(_world, alice, bob):
    ring_without_chess(alice, bob)
    opened = len(pages(bob.user))
    register_chess(bob.user)
    bob.says('Chess is installed')
    for app in (alice, bob):
        app.last_card('Running')
    session = session_of(alice)
    alice.desk.wait(lambda: 'the program has its session' in str(alice.user.session(session)), 'it runs')
    leave(alice, bob, session, 'Chess')
    assert len(pages(bob.user)) == opened, 'the page was opened again'


def test_its_start_is_cancelled(_world, alice, bob):
    bob.user.ctl('apps', 'unregister', CHESS)
    ring_without_chess(alice, bob)
    register_chess(bob.user)
    notice = bob.says('Chess is installed')
    bob.press('Cancel', within=next(node for node in notice.ancestors() if node.contains('Cancel')))
    bob.last_card('You cancelled.')
    alice.last_card('Bob cancelled.')


def test_it_is_not_installed_after_all(_world, alice, bob):
    bob.user.ctl('apps', 'unregister', CHESS)
    ring_without_chess(alice, bob)
    bob.press('Cancel', within=bob.last_card('Open Web Page'))
    alice.last_card('Bob did not install Chess.')
    bob.last_card('You cancelled.')
    assert bob.desk.notifications.find('Chess is not installed') is None


def test_it_is_removed_while_it_rings(_world, alice, bob):
    register_chess(bob.user)
    alice.invite('Chess')
    bob.invitation('Alice invites you to Chess')
    bob.user.ctl('apps', 'unregister', CHESS)
    bob.invitation(PAGE)
    bob.answer('Accept')
    bob.last_card('Chess is not installed here.')
    alice.press('Cancel', within=alice.last_card('Bob is installing Chess…'))
    bob.last_card('Alice cancelled.')


def test_it_is_removed_while_it_runs(_world, alice, bob):
    register_chess(bob.user)
    session = run_together(alice, bob, 'Chess')
    bob.press('Invite')
    applications = bob.desk.find(None, 'Applications', shown=True)
    bob.desk.find('list item', within=applications, containing='Chess')
    bob.user.ctl('apps', 'unregister', CHESS)
    bob.desk.gone('list item', within=applications, containing='Chess')
    bob.desk.key('esc')
    for app in (alice, bob):
        app.last_card('Running')
    assert is_alive(peer_pid(bob.user, session))
    leave(alice, bob, session, 'Chess')


def set_mode(alice, bob, mode):
    """What bob's program does; alice's does as it should."""
    for user, what in ((alice.user, 'hold'), (bob.user, mode)):
        if any(entry['guid'] == PEER for entry in user.ctl('apps')):
            user.ctl('apps', 'unregister', PEER)
        register_peer([user], what)


def start_and_see(alice, bob, here, there):
    """Bob accepts, and his program does what it does: the sentences that he and alice see."""
    alice.invite('Test')
    bob.answer('Accept')
    bob.last_card(here)
    alice.last_card(there)


def test_it_cannot_be_started(_world, alice, bob):
    broken = bob.user.folder / 'broken'
    broken.write_text('#!/there/is/no/such/interpreter\n', encoding='utf-8')
    broken.chmod(0o755)
    set_mode(alice, bob, 'hold')
    bob.user.ctl('apps', 'unregister', PEER)
    bob.user.ctl('apps', 'register', PEER, 'Test', str(broken))
    start_and_see(alice, bob, 'Test could not be started.', 'Test could not be started where Bob is.')
    assert alice.user.ctl('sessions') == []


def test_its_file_is_gone(_world, alice, bob):
    link = bob.user.folder / 'test-program'
    link.symlink_to(f'{HERE}/peer')
    bob.user.ctl('apps', 'unregister', PEER)
    bob.user.ctl('apps', 'register', PEER, 'Test', f'{link} hold')
    alice.invite('Test')
    bob.invitation()
    link.unlink()
    bob.answer('Accept')
    print(bob.desk.dump(), alice.desk.dump())
    bob.last_card('Test is not installed here.')


def test_it_crashes(_world, alice, bob):
    set_mode(alice, bob, 'crash')
    start_and_see(alice, bob, 'Test ended with an error.', 'Test ended with an error where Bob is.')


def test_it_ends_with_an_error(_world, alice, bob):
    set_mode(alice, bob, 'fail')
    start_and_see(alice, bob, 'Test ended with an error.', 'Test ended with an error where Bob is.')


def test_it_leaves_at_once(_world, alice, bob):
    set_mode(alice, bob, 'quit')
    start_and_see(alice, bob, 'Test was closed.', 'Bob closed Test.')


def test_it_goes_on_in_a_child(_world, alice, bob):
    set_mode(alice, bob, 'fork')
    session = run_together(alice, bob)
    child = peer_pid(bob.user, session)
    assert is_alive(child)
    os.kill(child, signal.SIGTERM)
    bob.last_card('Test was closed.')
    alice.last_card('Bob closed Test.')


if __name__ == '__main__':
    tap.run(stage.tests([
        test_it_is_missing_and_installed_later,
        test_its_start_is_cancelled,
        test_it_is_not_installed_after_all,
        test_it_is_removed_while_it_rings,
        test_it_is_removed_while_it_runs,
        test_it_cannot_be_started,
        test_its_file_is_gone,
        test_it_crashes,
        test_it_ends_with_an_error,
        test_it_leaves_at_once,
        test_it_goes_on_in_a_child,
    ]))
