#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that are invited to and do not behave: what the windows say of it."""
import contextlib
import os
import signal

from app_cases import NAME, couple, expect_running, register, ring, tap
from cases import PEER, peer_pid
from processes import is_alive, wait_for_exit


def start_session(alice, bob):
    """Alice invites, bob accepts, both programs run; returns the processes of alice's and bob's."""
    ring(alice, bob, NAME)
    bob.answer('Accept')
    expect_running(alice, bob)
    session = alice.user.ctl('sessions')[0]['id']

    def pid(user):
        with contextlib.suppress(OSError, AttributeError):  # it has not said it yet
            return peer_pid(user, session)
        return None

    return [app.desk.wait(lambda app=app: pid(app.user), 'the program has its session') for app in (alice, bob)]


def check_bad_end(mode, there, here):
    """Bob's program does what the mode says; alice reads one sentence and bob the other."""
    with couple() as (_world, alice, bob):
        register(alice)
        register(bob, mode=mode)
        ring(alice, bob, NAME)
        bob.answer('Accept')
        alice.last_card(there)
        bob.last_card(here)
        bob.press('Invite Again', within=bob.last_card(here))
        alice.invitation(f'Bob invites you to {NAME}')
        alice.answer('Decline')


def test_it_fails():
    check_bad_end('fail', 'Test ended with an error where Bob is.', 'Test ended with an error.')


def test_it_crashes():
    check_bad_end('crash', 'Test ended with an error where Bob is.', 'Test ended with an error.')


def test_it_leaves_at_once():
    check_bad_end('quit', 'Bob closed Test.', 'Test was closed.')


def test_it_cannot_be_started():
    with couple() as (world, alice, bob):
        register(alice)
        broken = world.folder / 'broken'
        broken.write_text('no program\n', encoding='utf-8')
        broken.chmod(0o755)
        bob.user.ctl('apps', 'register', PEER, NAME, str(broken))
        ring(alice, bob, NAME)
        bob.answer('Accept')
        alice.last_card('Test could not be started where Bob is.')
        bob.last_card('Test could not be started.')


def test_it_is_gone_when_it_should_start():
    """The file is deleted between the invitation and the answer: then it counts as not installed."""
    with couple() as (world, alice, bob):
        register(alice)
        program = world.folder / 'program'
        program.write_text('#!/bin/sh\nexit 0\n', encoding='utf-8')
        program.chmod(0o755)
        bob.user.ctl('apps', 'register', PEER, NAME, str(program))
        ring(alice, bob, NAME)
        program.unlink()
        bob.answer('Accept')
        alice.last_card('Bob is installing Test…')
        bob.last_card('Test is not installed here. It will start once it is installed.')
        bob.user.ctl('apps', 'unregister', PEER)
        register(bob)
        expect_running(alice, bob)


def test_it_forks():
    with couple() as (_world, alice, bob):
        register(alice)
        register(bob, mode='fork')
        _alices, bobs = start_session(alice, bob)
        os.kill(bobs, signal.SIGTERM)
        alice.last_card('Bob closed Test.')
        bob.last_card('Test was closed.')


def test_its_registration_goes_while_it_runs():
    with couple() as (_world, alice, bob):
        register(alice, bob)
        _alices, pid = start_session(alice, bob)
        bob.user.ctl('apps', 'unregister', PEER)
        expect_running(alice, bob)
        assert is_alive(pid), 'the program was ended with its registration'
        os.kill(pid, signal.SIGTERM)
        wait_for_exit(pid)
        alice.last_card('Bob closed Test.')
        card = bob.last_card('Test was closed.')
        assert not card.contains('Invite Again'), 'what is not registered can be invited to'
        bob.press('Invite')
        bob.desk.gone('list item', containing=NAME, within=bob.desk.find(None, 'Applications', shown=True))
        bob.desk.key('esc')


def test_the_application_is_killed_while_a_session_runs():
    """The windows hold no truth: killed and started again they show what goes on."""
    with couple() as (_world, alice, bob):
        register(alice, bob)
        pid, _bobs = start_session(alice, bob)
        alice.kill()
        assert is_alive(pid), 'the program went with the window'
        bob.last_card('Running')
        alice.start()
        alice.open('Bob')
        alice.press('End', within=alice.last_card('Running'))
        bob.last_card('Alice cancelled.')
        os.kill(pid, signal.SIGTERM)


if __name__ == '__main__':
    tap.run([
        test_it_fails,
        test_it_crashes,
        test_it_leaves_at_once,
        test_it_cannot_be_started,
        test_it_is_gone_when_it_should_start,
        test_it_forks,
        test_its_registration_goes_while_it_runs,
        test_the_application_is_killed_while_a_session_runs,
    ])
