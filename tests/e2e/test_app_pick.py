#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that knows no contacts has the user choose whom it invites."""
from app_cases import NAME, couple, expect_running, leave, register, tap
from cases import PEER
from processes import LIMIT
from world import program

ASKS = f'{NAME} wants to invite somebody'


def ask(app, *arguments):
    """beckonctl as the program."""
    return app.user.start([program('beckonctl'), 'invite', '--pick', PEER, *arguments])


def dialog(app):
    frame = app.desk.window(ASKS)
    app.desk.find('label', ASKS, within=frame)
    return frame


def choose(app, name, frame):
    app.desk.activate('list item', within=app.desk.find('list', 'Recipients', within=frame), containing=name)


def end(asking, code):
    """The program is over; what it said is read so that nothing is left."""
    asking.communicate(timeout=LIMIT)
    assert asking.returncode == code, asking.returncode


def test_somebody_is_chosen():
    with couple() as (_world, alice, bob):
        register(alice, bob)
        asking = ask(alice, '--data', 'come in')
        choose(alice, 'Bob', dialog(alice))
        alice.desk.window_gone(ASKS)
        alice.last_card('Their device is ringing')
        bob.invitation(f'Alice invites you to {NAME}')
        bob.answer('Accept')
        expect_running(alice, bob)
        # The program that asked runs already: no other one was started, and its end is that of the session.
        session = alice.user.ctl('sessions')[0]
        assert session['log'] == '' and session['app_data'] == 'come in', session
        asking.terminate()
        end(asking, 130)
        bob.last_card(f'Alice closed {NAME}.')


def test_nobody_is_chosen():
    with couple() as (_world, alice, bob):
        register(alice)
        for _ in range(2):
            asking = ask(alice)
            alice.desk.key('esc', window=dialog(alice))
            alice.desk.window_gone(ASKS)
            end(asking, 1)
        # And the program changes its mind.
        asking = ask(alice)
        dialog(alice)
        asking.terminate()
        end(asking, 130)
        alice.desk.window_gone(ASKS)
        assert alice.user.ctl('sessions') == [], alice.user.ctl('sessions')
        assert bob.user.ctl('sessions', '--all') == [], 'bob heard of it'


def test_no_window_runs():
    with couple() as (_world, alice, bob):
        register(alice, bob)
        # Who quits has chosen nobody.
        asking = ask(alice)
        dialog(alice)
        leave(alice)
        end(asking, 1)
        asking = ask(alice)
        choose(alice, 'Bob', dialog(alice))
        bob.invitation(f'Alice invites you to {NAME}')
        bob.answer('Decline')
        end(asking, 5)
        alice.start()  # its window, which is left as always


if __name__ == '__main__':
    tap.run([
        test_somebody_is_chosen,
        test_nobody_is_chosen,
        test_no_window_runs,
    ])
