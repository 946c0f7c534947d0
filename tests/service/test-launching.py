#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that run already when a session is connected, and answer in every way there is."""
import pathlib
import sys

from gi.repository import Gio, GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import GUID, ROOT, SESSIONS, refused, wait
from pair import Pair

CONNECTED, TERMINATED = 4, 7
ENDED = 14
YES, NO = GLib.Variant('(b)', (True,)), GLib.Variant('(b)', (False,))
DONE = GLib.Variant('()', ())


def strange(*values):
    """An answer of another type than it should have. GDBus would not let it out."""
    def answer(client, invocation):
        reply = Gio.DBusMessage.new_method_reply(invocation.get_message())
        if values:
            reply.set_body(GLib.Variant(*values))
        client.connection.send_message(reply, Gio.DBusSendMessageFlags.NONE)
    return answer


def vanish(client, _invocation):
    client.connection.close_sync(None)


def program(pair, **answers):
    """A program of bob's that stands for the application, newer than all others."""
    client = pair.buses[1].client()
    client.answers.update({'Invitation': NO, 'BeforeAppLaunch': YES, 'LaunchSession': DONE, **answers})
    client.attach(SESSIONS, [GUID])
    return client


def connect(pair):
    """alice invites, bob accepts by hand; both their sessions."""
    pair.ui[1].signals.clear()
    mine = pair.invite()
    theirs = pair.ui[1].wait_signal('Invitation', ROOT)[2][0]
    pair.ui[1].call('Session1', 'Accept', '(s)', '', path=theirs)
    pair.ui[1].wait_state(theirs, CONNECTED)
    return mine, theirs


def asked(client, method):
    return [arguments for name, arguments in client.asked if name == method]


def expect_launch(pair, theirs):
    """A new program was started, as if nobody had been there."""
    pair.ui[1].wait_signal('Changed', theirs, lambda c: c.get('Log'))


def over(pair, mine, theirs):
    pair.ui[0].call('Session1', 'Cancel', '(us)', 0, '', path=mine)
    pair.ui[1].wait_signal('Termination', theirs)


def fetch(client, cookie):
    return client.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', cookie, {})


def test_answers_of_the_wrong_type():
    with Pair() as pair:
        wrong = (('(s)', ('yes',)), ('(u)', (1,)), ('(bb)', (True, True)), ())
        one = program(pair)
        for value in wrong:
            one.asked.clear()
            one.answers.update(Invitation=strange(*value), BeforeAppLaunch=strange(*value),
                               LaunchSession=strange(*(value or ('(b)', (True,)))))
            mine, theirs = connect(pair)  # the user was asked
            expect_launch(pair, theirs)
            assert [name for name, _ in one.asked] == ['Invitation', 'BeforeAppLaunch', 'LaunchSession'], one.asked
            over(pair, mine, theirs)


def test_programs_that_vanish_while_they_are_asked():
    for method in ('Invitation', 'BeforeAppLaunch', 'LaunchSession'):
        with Pair() as pair:
            one = program(pair, **{method: vanish})
            _mine, theirs = connect(pair)
            expect_launch(pair, theirs)
            assert len(asked(one, method)) == 1


def test_one_of_several_does_without_the_launch():
    with Pair() as pair:
        yes, no, hanging = program(pair), program(pair, BeforeAppLaunch=NO), program(pair, BeforeAppLaunch=None)
        mine, theirs = connect(pair)
        # All are asked at once, and the first no is enough: the one that hangs is not waited for.
        no.wait_signal('Changed', theirs, lambda c: any('nothing is launched' in line for line in c.get('Timeline', [])))
        wait(lambda: [len(asked(one, 'BeforeAppLaunch')) for one in (yes, no, hanging)] == [1, 1, 1], 'the questions')
        assert not asked(yes, 'LaunchSession') and pair.ui[1].get('Session1', 'Log', theirs) == ''
        # The session is that program's, and nobody else's.
        assert no.get('Session1', 'State', theirs, SESSIONS) == CONNECTED
        refused('NotFound', yes.get_all, 'Session1', theirs, SESSIONS)
        hanging.held.pop().return_value(NO)
        hanging.ping(SESSIONS)
        refused('NotFound', hanging.get_all, 'Session1', theirs, SESSIONS)
        no.close()
        assert pair.ui[0].wait_signal('Termination', mine)[2] == (ENDED, '')


def test_a_running_program_is_handed_a_second_session():
    with Pair() as pair:
        one = program(pair)
        sessions = []
        for number in (1, 2):
            mine, theirs = connect(pair)
            wait(lambda: len(asked(one, 'LaunchSession')) == number, 'the cookie')
            assert fetch(one, asked(one, 'LaunchSession')[-1][0]) == theirs
            sessions.append((mine, theirs))
        assert len(set(sessions)) == 2
        for mine, theirs in sessions:
            assert one.get('Session1', 'State', theirs, SESSIONS) == CONNECTED
            assert pair.ui[1].get('Session1', 'Log', theirs) == '', 'a program was started beside it'
            pair.ui[0].call('Session1', 'SendContextData', '(s)', mine, path=mine)
            one.wait_signal('ContextDataReceived', theirs, lambda a: a == (mine,))
        # The end of one session is not that of the other; the end of the program is.
        pair.ui[0].call('Session1', 'Cancel', '(us)', 0, '', path=sessions[0][0])
        one.wait_signal('Termination', sessions[0][1])
        assert one.get('Session1', 'State', sessions[1][1], SESSIONS) == CONNECTED
        one.close()
        assert pair.ui[0].wait_signal('Termination', sessions[1][0])[2] == (ENDED, '')


def test_the_next_one_takes_it():
    with Pair() as pair:
        takes = program(pair)
        refuses = [program(pair, LaunchSession=ValueError('busy')), program(pair, LaunchSession=vanish)]
        _mine, theirs = connect(pair)
        wait(lambda: asked(takes, 'LaunchSession'), 'the cookie')
        cookies = [asked(one, 'LaunchSession')[0][0] for one in (*refuses, takes)]
        assert fetch(takes, cookies[-1]) == theirs
        for cookie in cookies:
            refused('NotFound', fetch, takes, cookie)
        assert pair.ui[1].get('Session1', 'Log', theirs) == ''


def test_a_launched_program_is_handed_the_second_session():
    """The first session started it; it attached, and the second one comes to it."""
    with Pair() as pair:
        mine, theirs = connect(pair)
        expect_launch(pair, theirs)
        launched = pair.buses[1].wait_programs(1)
        environment = pathlib.Path(f'/proc/{launched[0]}/environ').read_bytes().split(b'\0')
        cookie = next(word for word in environment if word.startswith(b'BECKON_COOKIE='))[14:].decode()
        one = program(pair)
        assert fetch(one, cookie) == theirs
        _other, second = connect(pair)
        wait(lambda: asked(one, 'LaunchSession'), 'the second session')
        assert fetch(one, asked(one, 'LaunchSession')[0][0]) == second != theirs
        assert pair.buses[1].programs() == launched, 'a second program was started'
        over(pair, mine, theirs)


tap.run([test_answers_of_the_wrong_type, test_programs_that_vanish_while_they_are_asked,
         test_one_of_several_does_without_the_launch, test_a_running_program_is_handed_a_second_session,
         test_the_next_one_takes_it, test_a_launched_program_is_handed_the_second_session])
