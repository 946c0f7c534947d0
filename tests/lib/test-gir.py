#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""libbeckon as a program in another language sees it: through introspection, against the real service."""
import os
import pathlib
import sys

import gi

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / 'tools'), str(TESTS / 'service')]
gi.require_version('Beckon', '1')
from gi.repository import Beckon, GLib  # noqa: E402

import tap  # noqa: E402
from bed import ECHO, GUID, Bus, wait  # noqa: E402
from door import Door  # noqa: E402


def call(source, method, *arguments):
    """Calls METHOD_async and returns what METHOD_finish does."""
    done = []
    getattr(source, f'{method}_async')(*arguments, None, lambda _source, result, *_: done.append(result))
    wait(lambda: done, method)
    return getattr(source, f'{method}_finish')(done[0])


def fails(code, source, method, *arguments):
    try:
        call(source, method, *arguments)
    except GLib.Error as error:
        assert error.matches(Beckon.error_quark(), code), (error.domain, error.code, error.message)
        return
    raise AssertionError(f'{method} succeeded')


def new(kind, *arguments):
    done = []
    kind.new_async(*arguments, None, lambda _source, result, *_: done.append(result))
    wait(lambda: done, 'the object')
    return kind.new_finish(done[0])


class Desk(Bus):
    """A bus with the service, and libbeckon on it."""

    def __enter__(self):
        super().__enter__()
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = self.address
        self.register(GUID, '/bin/sleep', '1000')
        self.service = self.start()
        return self


def messenger_with_account():
    messenger = new(Beckon.Messenger)
    return messenger, call(messenger, 'add_account', 'alice@localhost', 'secret', None)


def state(session):
    return session.get_state()


def test_messenger_and_account():
    with Desk():
        messenger = new(Beckon.Messenger)
        assert messenger.get_connected() and messenger.get_primary_account() is None
        account = call(messenger, 'add_account', 'alice@localhost', 'secret', None)
        assert account.get_signin_name() == 'alice@localhost' and account.props.state == 'online'
        wait(lambda: messenger.get_primary_account() == account, 'the primary account')
        assert list(messenger.get_accounts()) == [account]
        assert [app.get_guid() for app in messenger.get_applications()] == [GUID]
        fails(Beckon.Error.ALREADY_LOGGED_ON, messenger, 'add_account', 'alice@localhost', 'secret', None)
        call(account, 'set_status', Beckon.Status.BUSY, 'typing')
        wait(lambda: account.get_wanted_status() == Beckon.Status.BUSY, 'the status')
        assert account.get_personal_message() == 'typing'


def test_create_account():
    with Desk():
        messenger = new(Beckon.Messenger)
        account = call(messenger, 'create_account', 'dora@localhost', 'secret', None, 'Dora', None)
        assert account.get_display_name() == 'Dora' and account.get_contacts().get_n_items() == 0
        call(messenger, 'remove_account', account)
        wait(lambda: messenger.get_accounts().get_n_items() == 0, 'the list')


def test_contacts_stay_the_same_objects():
    with Desk():
        _, account = messenger_with_account()
        echo = account.find_contact(ECHO)
        assert echo.get_relation() == Beckon.Relation.ACCEPTED
        notified = []
        echo.connect('notify::blocked', lambda contact, _: notified.append(contact.get_blocked()))
        call(account, 'block_contact', ECHO, True)
        wait(lambda: notified, 'the notification')
        assert notified == [True] and account.find_contact(ECHO) == echo
        assert account.find_contact('nobody@localhost') is None


def test_groups():
    with Desk():
        _, account = messenger_with_account()
        chess = call(account, 'create_group', 'Chess')
        assert list(account.get_groups()) == [chess] and chess.get_name() == 'Chess'
        assert chess.dup_account() == account and account.find_group('chess') == chess
        call(chess, 'add_contact', ECHO)
        wait(lambda: chess.has_contact(ECHO), 'the contact')
        assert list(chess.get_contacts()) == [account.find_contact(ECHO)]
        fails(Beckon.Error.GROUP_NOT_EMPTY, account, 'remove_group', chess)
        call(chess, 'set_name', 'Go')
        wait(lambda: chess.props.name == 'Go', 'the name')
        call(chess, 'remove_contact', ECHO)
        wait(lambda: not chess.has_contact(ECHO), 'the end of it')
        call(account, 'remove_group', chess)
        wait(lambda: account.get_groups().get_n_items() == 0, 'the list')


def test_all_accounts_and_anybody():
    with Desk():
        messenger, account = messenger_with_account()
        assert call(messenger, 'get_contact', None, ECHO) == account.find_contact(ECHO)
        stranger = call(messenger, 'get_contact', account, 'nobody@localhost')
        assert stranger.get_status() == Beckon.Status.UNKNOWN and not stranger.get_is_self()
        assert call(messenger, 'get_contact', account, 'nobody@localhost') == stranger
        assert call(messenger, 'get_contact', account, 'alice@localhost').get_is_self()
        fails(Beckon.Error.USER_NOT_FOUND, messenger, 'get_contact', None, 'nobody@localhost')
        call(messenger, 'set_status', Beckon.Status.BUSY)
        wait(lambda: account.get_status() == Beckon.Status.BUSY, 'the status')
        fails(Beckon.Error.ALREADY_LOGGED_ON, messenger, 'signin')
        call(messenger, 'signout')
        wait(lambda: account.get_state() == 'offline', 'the end')
        fails(Beckon.Error.NOT_LOGGED_ON, messenger, 'signout')
        call(messenger, 'auto_signin')
        wait(lambda: account.get_state() == 'online', 'online')
        call(messenger, 'set_primary_account', account)
        fails(Beckon.Error.NOT_SUPPORTED, messenger, 'open_conversation', None, ECHO)


def test_conversation_is_a_list():
    with Desk():
        _, account = messenger_with_account()
        conversation = call(account, 'get_conversation', ECHO)
        changes = []
        conversation.connect('items-changed', lambda *change: changes.append(change[1:4]))
        typed = []
        conversation.connect('notify::typing', lambda *_: typed.append(conversation.get_typing()))
        message = call(conversation, 'send', 'Hello 😀')
        assert message.get_outgoing() and message.get_text() == 'Hello 😀'
        wait(lambda: conversation.get_n_items() == 2 and message.get_delivery() == Beckon.Delivery.READ, 'the echo')
        wait(lambda: typed == [True, False], 'Echo to have typed')
        assert conversation[0] == message and not conversation[1].get_outgoing()
        assert changes == [(0, 0, 1), (1, 0, 1)], changes
        wait(lambda: conversation.get_unread() == 1, 'the count')
        call(conversation, 'mark_read', conversation[1])
        wait(lambda: conversation.get_unread() == 0, 'the count')
        wait(lambda: conversation.get_read_up_to() == conversation[1].get_id(), 'the place up to which it was read')
        call(conversation, 'set_typing', True)
        fails(Beckon.Error.MESSAGE_TOO_LONG, conversation, 'send', 'x' * 16385)


def test_session_of_the_user():
    with Desk():
        messenger, account = messenger_with_account()
        fails(Beckon.Error.INVITED_SELF, messenger, 'invite_app', account, 'alice@localhost', GUID, None, None)
        session = call(messenger, 'invite_app', account, ECHO, GUID, 'some data', None)
        told = []
        session.connect('termination', lambda _session, result, data: told.append((result, data)))
        wait(lambda: state(session) == Beckon.SessionState.CONNECTED, 'the connection')
        assert session.get_flags() == Beckon.SessionFlags.INVITER and session.get_app_data() == 'some data'
        assert session.get_user() == ECHO and session.get_timeline()
        fails(Beckon.Error.NOT_INVITEE, session, 'accept', '')
        call(session, 'cancel', Beckon.SessionResult.NONE, 'enough')
        wait(lambda: told, 'the end')
        assert told[0][0] == Beckon.SessionResult.CANCELLED_LOCAL, told
        assert session.get_result() == Beckon.SessionResult.CANCELLED_LOCAL and session.get_result_text()
        assert messenger.find_session(session.get_id()) == session


def test_session_of_an_application():
    with Desk():
        messenger_with_account()
        manager = new(Beckon.SessionManager, [GUID])
        assert manager.get_my_signin_name() == 'alice@localhost'
        session = call(manager, 'create_session', None)
        fails(Beckon.Error.APP_NOT_SPECIFIED, session, 'invite', ECHO, '')
        call(session, 'set_application', GUID)
        call(session, 'set_local_address', 'here')
        states, data = [], []
        session.connect('state-changed', lambda _session, previous: states.append(previous))
        session.connect('context-data-received', lambda _session, text: data.append(text))
        call(session, 'invite', ECHO, 'come')
        wait(lambda: len(states) == 3, 'the connection')
        assert state(session) == Beckon.SessionState.CONNECTED
        assert states == [Beckon.SessionState.READY, Beckon.SessionState.INVITATION, Beckon.SessionState.ACCEPTED]
        assert session.get_local_address() == 'here' and session.get_remote_address() == '127.0.0.1'
        call(session, 'send_context_data', '{"move": "e2e4"}')
        wait(lambda: data, 'the echo')
        assert data == ['{"move": "e2e4"}'] and session.get_context_data() == data[0]
        fails(Beckon.Error.CONTEXT_DATA_OVER_LIMIT, session, 'send_context_data', 'x' * 8193)
        fails(Beckon.Error.NOT_FOUND, manager, 'get_launching_session', 'no such cookie')


def test_streams_and_packets():
    with Bus() as bus, Door(bus.client(listens=False).connection, Identity=2, OfferedStreams=['moves']) as door:
        os.environ.update(DBUS_SESSION_BUS_ADDRESS=bus.address, BECKON_COOKIE='a cookie')
        manager = new(Beckon.SessionManager, None)
        session = call(manager, 'get_launching_session', None)
        assert session.props.channel_path == Beckon.ChannelPath.DIRECT == session.get_channel_path()
        assert session.get_identity() == Beckon.Identity.KNOWN and session.dup_offered_streams() == ['moves']
        told = []
        session.connect('stream-offered', lambda _session, name, datagram: told.append((name, datagram)))
        door.tell('StreamOffered', '(sb)', 'state', True)
        wait(lambda: told, 'the offer')
        assert told == [('state', True)]

        stream = call(session, 'open_stream', 'moves')
        other = door.stream('moves')
        stream.get_output_stream().write_all(b'e2e4')
        stream.get_socket().shutdown(False, True)
        assert other.recv(16) == b'e2e4' and other.recv(16) == b''
        read = []
        stream.get_input_stream().read_bytes_async(16, GLib.PRIORITY_DEFAULT, None,
                                                   lambda _stream, result: read.append(result))
        other.sendall(b'e7e5')
        wait(lambda: read, 'the answer')
        assert stream.get_input_stream().read_bytes_finish(read[0]).get_data() == b'e7e5'

        packets = call(session, 'open_datagram', 'state')
        other = door.stream('state')
        assert packets.send(b'one') == packets.send(b'two') == 3
        assert other.recv(16) == b'one' and other.recv(16) == b'two'
        door.answers['OpenStream'] = 'LimitExceeded'
        fails(Beckon.Error.LIMIT_EXCEEDED, session, 'open_stream', '')
        door.answers['GetChannel'] = GLib.Variant('(a{sv})', ({'round-trip': GLib.Variant('t', 1500)},))
        assert call(session, 'get_channel')['round-trip'] == 1500


def test_lock():
    with Desk() as desk:
        messenger, account = messenger_with_account()
        manager, private = new(Beckon.SessionManager, [GUID]), new(Beckon.MessengerPrivate)
        lock, other = manager.get_lock(), private.get_lock()
        assert lock.get_status() == other.get_status() == Beckon.LockStatus.DISABLED
        call(lock, 'unlock', 'nobody', 'nothing', None)
        echo = call(account, 'get_conversation', ECHO)
        enabled = []
        other.connect('lock-enable', lambda _lock, enable, name: enabled.append((enable, name)))
        call(echo, 'send', '!lock')
        # Each lock has a connection of its own: what is told to both arrives at either one first.
        wait(lambda: enabled == [(True, 'alice@localhost')], 'the lock')
        wait(lambda: lock.get_status() == Beckon.LockStatus.INITIALIZED, 'the other lock')
        assert lock.get_account_status('alice@localhost') == Beckon.LockStatus.INITIALIZED
        fails(Beckon.Error.API_LOCKED, manager, 'create_session', None)
        told = []
        lock.connect('status-changed', lambda _lock, status, name: told.append(status))
        call(lock, 'unlock', 'BKDEMO', 'demo', None)
        assert told == [Beckon.LockStatus.PENDING_RESULT, Beckon.LockStatus.UNLOCKED] and lock.props.status == told[-1]
        call(manager, 'create_session', None)
        # Step by step, with a wrong key.
        results = []
        other.connect('lock-challenge', lambda lock_, cookie, challenge, name: lock_.send_response_async(
            'BKDEMO', Beckon.Lock.compute_response(challenge, 'BKDEMO', 'guessed'), cookie, name, None, None))
        other.connect('lock-result', lambda _lock, cookie, succeed, name: results.append((cookie, succeed)))
        call(other, 'request_challenge', 5, None)
        wait(lambda: results, 'the result')
        assert results == [(5, False)] and other.get_status() == Beckon.LockStatus.UNLOCK_FAILED
        fails(Beckon.Error.API_UNLOCK_FAILED, other, 'unlock', 'BKDEMO', 'demo', None)
        # Asked again, it is answered without a word.
        again = []
        lock.connect('lock-result', lambda _lock, cookie, succeed, name: again.append((cookie, succeed)))
        call(echo, 'send', '!ask')
        wait(lambda: again, 'the result')
        assert again == [(0, True)] and lock.get_status() == Beckon.LockStatus.UNLOCKED
        desk.stop(desk.service)
        wait(lambda: lock.get_status() == Beckon.LockStatus.NOT_INITIALIZED, 'the end')


def test_private():
    with Desk():
        messenger, account = messenger_with_account()
        private = new(Beckon.MessengerPrivate)
        echo = call(account, 'get_conversation', ECHO)
        shown, asked, added = [], [], []
        messenger.connect('alert-received', lambda _messenger, alert: shown.append(alert.get_text()))
        private.connect('alert-received', lambda _private, alert: asked.append(alert) or alert.props.text != 'hush')
        call(private, 'enable_alert_events', [0, 7], None)
        for words in ('hush', 'hear'):
            call(echo, 'send', f'!alert {words}')
        wait(lambda: shown, 'the alert')
        assert shown == ['hear'] and [alert.get_text() for alert in asked] == ['hush', 'hear']
        assert asked[1].get_site() == 0 and asked[1].get_account() == 'alice@localhost' and asked[1].props.time > 0
        call(messenger, 'dismiss_alert', asked[1].get_id())
        fails(Beckon.Error.NOT_FOUND, messenger, 'dismiss_alert', asked[0].get_id())
        private.connect('contact-list-add', lambda _private, who, error: added.append((who, error)))
        call(private, 'add_contact', 'zoe@localhost', None)
        wait(lambda: added, 'the outcome')
        who, error = added[0]
        assert who == 'zoe@localhost' and error.matches(Beckon.error_quark(), Beckon.Error.USER_NOT_FOUND), added
        call(private, 'add_contact', 'carol@localhost', 'alice@localhost')
        wait(lambda: len(added) == 2, 'the outcome')
        fails(Beckon.Error.NOT_FOUND, private, 'add_contact', 'carol@localhost', 'bob@localhost')
        fails(Beckon.Error.INVALID_ARGUMENT, private, 'enable_alert_events', list(range(65)), None)


def test_the_service_leaves_and_comes_back():
    with Desk() as desk:
        messenger, _ = messenger_with_account()
        seen = []
        messenger.connect('notify::connected', lambda *_: seen.append(messenger.get_connected()))
        desk.stop(desk.service)
        wait(lambda: seen == [False], 'the loss')
        assert messenger.get_accounts().get_n_items() == 0
        desk.wait_until_left()
        desk.start()
        wait(lambda: seen == [False, True], 'the return')
        assert [account.get_signin_name() for account in messenger.get_accounts()] == ['alice@localhost']


def test_no_service():
    with Bus() as bus:
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = bus.address
        for kind, arguments in ((Beckon.Messenger, ()), (Beckon.SessionManager, ([GUID],)),
                                (Beckon.MessengerPrivate, ())):
            try:
                new(kind, *arguments)
                raise AssertionError(f'{kind} was made from nothing')
            except GLib.Error as error:
                assert error.matches(Beckon.error_quark(), Beckon.Error.NOT_FOUND), error


def test_enumerations():
    assert Beckon.SessionState.CONNECTED == 4 and Beckon.Status.OUT_TO_LUNCH == 0x42
    assert Beckon.session_result_to_nick(Beckon.SessionResult.ACCEPTED_ELSEWHERE) == 'accepted-elsewhere'
    assert Beckon.session_result_to_text(Beckon.SessionResult.TIMEOUT)
    assert Beckon.error_to_symbol(Beckon.Error.NOT_INVITEE) == 'SR_NOT_INVITEE'
    assert Beckon.error_to_hresult(Beckon.Error.NOT_INVITEE) == 0x8100060B


if __name__ == '__main__':
    tap.run([
        test_messenger_and_account,
        test_create_account,
        test_contacts_stay_the_same_objects,
        test_groups,
        test_all_accounts_and_anybody,
        test_conversation_is_a_list,
        test_session_of_the_user,
        test_session_of_an_application,
        test_streams_and_packets,
        test_lock,
        test_private,
        test_the_service_leaves_and_comes_back,
        test_no_service,
        test_enumerations,
    ])
