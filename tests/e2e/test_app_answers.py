#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both see when an invitation is not simply accepted."""
import os
import pathlib
import signal

from cases import HAS_SESSION, end_peer, expect_end, register_peer, tap
from processes import descendants
from stage import Stage, card, run_together, session_of
from world import HERE

stage = Stage('alice', 'bob', prepare=lambda user: register_peer([user], 'hold'))


def programs():
    """The processes of tests/e2e/peer below us."""
    found = []
    for pid in descendants(os.getpid()):
        try:
            command = pathlib.Path('/proc', str(pid), 'cmdline').read_bytes()
        except OSError:
            continue
        if f'{HERE}/peer'.encode() in command:
            found.append(pid)
    return found


def choose(app, menu, item):
    """Takes an item from the menu of a button."""
    app.press(menu)
    app.desk.activate('menu item', item)


def leave(alice, session):
    """Alice closes her program."""
    end_peer(alice.user, session, signal.SIGTERM)
    alice.last_card('Test was closed.')


def test_no_key_for_another_window_answers(_world, alice, bob):
    bob.desk.write('text', 'about to', 'Message')
    alice.invite('Test')
    bob.desk.raise_window(bob.invitation())
    bob.desk.hands.type(' \n')
    bob.last_card('Waiting for your answer')
    bob.answer('Decline')
    alice.last_card('Bob declined.')
    bob.last_card('You declined.')


def test_both_invite_each_other(world, alice, bob):
    """Neither invitation can arrive before the other is on its way: the server stands still."""
    world.server.send_signal(signal.SIGSTOP)
    for app in (alice, bob):
        app.invite('Test')
        app.last_card('Waiting for')
    world.server.send_signal(signal.SIGCONT)
    for app in (alice, bob):
        card(app, 'Running')
        card(app, 'Both invited each other; the other invitation is used.')
        app.desk.window_gone('Invitation')
        assert app.desk.notifications.find('invites you') is None
    session = session_of(alice)
    assert session_of(bob) == session
    for app in (alice, bob):
        app.desk.wait(lambda app=app: HAS_SESSION in str(app.user.session(session)), 'the program has its session')
    assert len(programs()) == 2, programs()
    end_peer(alice.user, session, signal.SIGTERM)
    card(alice, 'Test was closed.')
    card(bob, 'Alice closed Test.')


def test_somebody_offline_cannot_be_invited(_world, alice, bob):
    alice.press('Invite')
    assert alice.can_pick()
    # Bob goes while the menu is open. It keeps the screen's mouse and keys to itself: he does it elsewhere.
    bob.user.ctl('account', 'sign-out')
    alice.says('Bob is offline.')
    alice.desk.wait(lambda: not alice.can_pick(), 'nothing can be picked any more')
    alice.desk.key('esc')
    bob.says('You are signed out.')
    bob.press('Sign In')
    bob.is_online()
    alice.row('Bob', 'Online')


def test_sign_out_while_it_rings(_world, alice, bob):
    alice.invite('Test')
    bob.invitation()
    choose(bob, 'Main Menu', 'Sign Out')
    bob.desk.window_gone('Invitation')
    alice.last_card('Bob signed out.')
    alice.row('Bob', 'Offline')
    bob.last_card('You signed out.')
    bob.press('Sign In')
    alice.row('Bob', 'Online')
    # The other way round.
    alice.invite('Test')
    bob.invitation()
    choose(alice, 'Main Menu', 'Sign Out')
    bob.desk.window_gone('Invitation')
    bob.last_card('Alice signed out.')
    bob.row('Alice', 'Offline')
    alice.last_card('You signed out.')
    alice.press('Sign In')
    bob.row('Alice', 'Online')
    alice.row('Bob', 'Online')


def test_blocked_while_the_session_runs(_world, alice, bob):
    session = run_together(alice, bob)
    choose(bob, 'Contact Menu', 'Block')
    bob.row('Alice', 'Blocked')
    # What runs goes on, but nothing new can begin.
    alice.row('Bob', 'Offline')
    for app in (alice, bob):
        app.last_card('Running')
        assert len(app.user.ctl('sessions')) == 1
    bob.press('Invite')
    bob.says('You have blocked Alice.')
    bob.desk.key('esc')
    leave(alice, session)
    choose(bob, 'Contact Menu', 'Unblock')
    bob.row('Alice', 'Online')
    alice.row('Bob', 'Online')


def test_always_accepted_until_it_is_taken_back(_world, alice, bob):
    alice.invite('Test')
    bob.desk.activate('check box', 'Always accept Test from Alice', within=bob.invitation())
    bob.answer('Accept')
    for app in (alice, bob):
        app.last_card('Running')
    leave(alice, session_of(alice))
    alice.invite('Test')
    for app in (alice, bob):
        app.last_card('Running')
    bob.says('Test starts with Alice, as you always allow it.')
    bob.press('End', within=bob.last_card('Running'))
    alice.last_card('Bob cancelled.')
    bob.user.ctl('open', 'preferences', 'privacy')
    bob.press('Ask about Test from Alice again')
    bob.says('You are asked about every invitation.')
    bob.desk.key('esc', window=bob.desk.window('Preferences'))
    bob.desk.window_gone('Preferences')
    alice.invite('Test')
    bob.invitation()
    bob.answer('Decline')
    alice.last_card('Bob declined.')


def test_removed_while_the_session_runs(_world, alice, bob):
    session = run_together(alice, bob)
    choose(bob, 'Contact Menu', 'Remove From Contacts…')
    bob.press('Remove', within=bob.desk.window('Remove Alice?'))
    bob.row_gone('Alice')
    alice.row_gone('Bob')
    # What runs goes on until one of them closes it.
    for app in (alice, bob):
        assert session_of(app) == session
        assert app.user.session(session)['state'] == 'connected'
    end_peer(alice.user, session, signal.SIGTERM)
    expect_end(session, 'ended', alice.user, bob.user)


def test_a_request_is_declined(_world, alice, bob):
    alice.add_contact(bob.user.address, 'It is me again')
    alice.row('bob', 'Has not answered yet')
    bob.press('Decline', within=bob.row('Alice', 'It is me again'))
    bob.row_gone('Alice')
    alice.row_gone('Has not answered yet')
    bob.desk.notification_gone('would like to add you')


if __name__ == '__main__':
    tap.run(stage.tests([
        test_no_key_for_another_window_answers,
        test_both_invite_each_other,
        test_somebody_offline_cannot_be_invited,
        test_sign_out_while_it_rings,
        test_blocked_while_the_session_runs,
        test_always_accepted_until_it_is_taken_back,
        test_removed_while_the_session_runs,
        test_a_request_is_declined,
    ]))
