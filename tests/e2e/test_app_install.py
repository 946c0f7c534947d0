#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody is invited to what they do not have: they are shown where it can be had, and it starts once it is there."""
import signal

from app_cases import fake_browser, ring, tap
from cases import HAS_SESSION, end_peer
from stage import Stage, run_together, session_of
from world import HERE

CHESS = '{0B0E0C0A-1111-4222-8333-444455557777}'
PAGE = 'https://example.org/chess?a=1&b=2'
STARTING = 'Chess is installed and starts with Alice in a moment.'
MISSING = 'Chess is not installed here. It will start once it is installed.'


def register_chess(user):
    user.ctl('apps', 'register', CHESS, 'Chess', f'{HERE}/peer hold', '--url', PAGE)


def unregister_chess(user):
    user.ctl('apps', 'unregister', CHESS)


def prepare(user):
    fake_browser(user)
    if user.name == 'alice':
        register_chess(user)


def pages(user):
    """The pages that the user's browser was told to open."""
    path = user.folder / 'pages'
    return path.read_text(encoding='utf-8').splitlines() if path.exists() else []


def accept_without_chess(alice, bob):
    """Bob says yes to what he does not have; returns which pages his browser has opened until then."""
    before = pages(bob.user)
    dialog = ring(alice, bob, 'Chess')
    bob.desk.find('label', lambda text: 'Chess is not installed here.' in text and PAGE in text, within=dialog)
    assert pages(bob.user) == before, 'the page was opened before bob agreed'
    bob.answer('Accept')
    alice.last_card('Bob is installing Chess…')
    bob.last_card(MISSING)
    bob.desk.wait(lambda: pages(bob.user) == [*before, PAGE], 'the page opens')


def leave(alice, bob):
    """Alice closes her program."""
    session = session_of(alice)
    alice.desk.wait(lambda: HAS_SESSION in str(alice.user.session(session)), 'the program has its session')
    end_peer(alice.user, session, signal.SIGTERM)
    alice.last_card('Chess was closed.')
    bob.last_card('Alice closed Chess.')


def test_it_is_installed_later(_world, alice, bob):
    accept_without_chess(alice, bob)
    opened = pages(bob.user)
    register_chess(bob.user)
    bob.says(STARTING)
    bob.last_card('Chess is installed and starts in a moment.')
    for app in (alice, bob):
        app.last_card('Running')
    assert pages(bob.user) == opened, 'the page was opened again'
    leave(alice, bob)
    unregister_chess(bob.user)


def test_its_start_is_cancelled(_world, alice, bob):
    accept_without_chess(alice, bob)
    register_chess(bob.user)
    notice = bob.says(STARTING)
    bob.press('Cancel', within=next(node for node in notice.ancestors() if node.contains('Cancel')))
    bob.last_card('You cancelled.')
    alice.last_card('Bob cancelled.')
    unregister_chess(bob.user)


def test_it_is_given_up(_world, alice, bob):
    accept_without_chess(alice, bob)
    before = pages(bob.user)
    bob.press('Open Web Page', within=bob.last_card(MISSING))
    bob.desk.wait(lambda: pages(bob.user) == [*before, PAGE], 'the page opens again')
    bob.press('Cancel', within=bob.last_card(MISSING))
    alice.last_card('Bob did not install Chess.')
    bob.last_card('You declined.')


def test_the_inviter_does_not_wait(_world, alice, bob):
    accept_without_chess(alice, bob)
    alice.press('Cancel', within=alice.last_card('Bob is installing Chess…'))
    alice.last_card('You cancelled.')
    bob.last_card('Alice cancelled.')
    # What comes now starts nothing.
    register_chess(bob.user)
    assert bob.user.ctl('sessions') == []
    unregister_chess(bob.user)


def test_it_is_removed_while_it_rings(_world, alice, bob):
    register_chess(bob.user)
    dialog = ring(alice, bob, 'Chess')
    assert not bob.desk.all('label', lambda text: PAGE in text, within=dialog)
    unregister_chess(bob.user)
    bob.desk.find('label', lambda text: 'Chess is not installed here.' in text and PAGE in text, within=dialog)
    bob.answer('Accept')
    bob.last_card(MISSING)
    alice.press('Cancel', within=alice.last_card('Bob is installing Chess…'))
    bob.last_card('Alice cancelled.')


def test_it_is_installed_while_it_rings(_world, alice, bob):
    dialog = ring(alice, bob, 'Chess')
    bob.desk.find('label', lambda text: PAGE in text, within=dialog)
    before = pages(bob.user)
    register_chess(bob.user)
    bob.desk.gone('label', lambda text: PAGE in text, within=dialog)
    bob.answer('Accept')
    for app in (alice, bob):
        app.last_card('Running')
    assert pages(bob.user) == before, 'the page of what is there was opened'
    leave(alice, bob)


def test_it_is_removed_while_it_runs(_world, alice, bob):
    run_together(alice, bob, 'Chess')
    bob.press('Invite')
    applications = bob.desk.find(None, 'Applications', shown=True)
    bob.desk.find('list item', within=applications, containing='Chess')
    unregister_chess(bob.user)
    bob.desk.gone('list item', within=applications, containing='Chess')
    bob.desk.key('esc')
    for app in (alice, bob):
        app.last_card('Running')
    leave(alice, bob)


stage = Stage('alice', 'bob', prepare=prepare)

if __name__ == '__main__':
    tap.run(stage.tests([
        test_it_is_installed_later,
        test_its_start_is_cancelled,
        test_it_is_given_up,
        test_the_inviter_does_not_wait,
        test_it_is_removed_while_it_rings,
        test_it_is_installed_while_it_rings,
        test_it_is_removed_while_it_runs,
    ]))
