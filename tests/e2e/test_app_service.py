#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands behind the windows goes away: the session service, the server, the bus. What the windows say of it."""

from app_cases import NAME, couple, expect_running, leave, register, ring, single, tap
from cases import administer, regain_server
from processes import LIMIT, is_alive, wait_for_exit
from windows import INVITATION, App
from world import SERVICE, World, program

RESTARTED = 'Beckon was restarted where {} is.'


# ---- the session service ----

def test_the_service_is_killed_while_nothing_goes_on():
    with couple() as (_world, alice, bob):
        alice.desk.fill('text', 'half a sentence', 'Message')
        alice.user.kill_service()
        alice.is_online()
        bob.row('Alice', 'Online')
        message = alice.desk.find('text', 'Message', shown=True, states={'sensitive'})
        assert alice.desk.text(message) == 'half a sentence', 'what was being written is lost'
        alice.press('Send')
        bob.reads('half a sentence')
        bob.say('and back')
        alice.reads('and back')


def test_the_inviters_service_is_killed_while_it_rings():
    with couple() as (_world, alice, bob):
        ring(alice, bob, 'Pipe')
        alice.user.kill_service()
        alice.is_online()
        alice.last_card('restarted')
        bob.desk.window_gone(INVITATION)
        bob.last_card(RESTARTED.format('Alice'))


def test_the_invitees_service_is_killed_while_it_rings():
    with couple() as (_world, alice, bob):
        register(alice, bob)
        ring(alice, bob, NAME)
        bob.user.kill_service()
        bob.desk.window_gone(INVITATION)
        bob.is_online()
        alice.last_card(RESTARTED.format('Bob'))
        bob.last_card('restarted')
        alice.row('Bob', 'Online')
        ring(alice, bob, NAME)
        bob.answer('Accept')
        expect_running(alice, bob)


def test_the_services_are_killed_in_a_session():
    for number in (0, 1):
        with couple() as (_world, *apps):
            register(*apps)
            ring(*apps, NAME)
            apps[1].answer('Accept')
            expect_running(*apps)
            victim, other = apps[number], apps[1 - number]
            victim.user.kill_service()
            victim.is_online()
            other.last_card(RESTARTED.format(victim.user.name.capitalize()))
            victim.last_card('restarted')


def test_the_service_cannot_be_started():
    with World() as world:
        world.open_screen()
        alice = App(world.user('alice'))
        service = alice.user.folder / 'services' / f'{SERVICE}.service'
        service.write_text(f'[D-BUS Service]\nName={SERVICE}\nExec=/bin/false\n', encoding='utf-8')
        alice.user.ask_bus('ReloadConfig', None)
        alice.start()
        alice.desk.find('label', 'Beckon Cannot Start', shown=True)
        alice.says('Beckon’s session service cannot be reached.')
        alice.user.set_service_options()
        alice.press('Try Again')
        alice.desk.find('label', 'Welcome to Beckon', shown=True)
        leave(alice)


def test_the_bus_goes():
    """Nothing more can be done then, but what was written can still be read and copied."""
    with couple() as (_world, alice, bob):
        alice.desk.fill('text', 'half a sentence', 'Message')
        service = alice.user.service_pid()
        alice.user.bus_process.kill()
        alice.user.bus_process.wait()
        wait_for_exit(service)
        alice.says('The connection to your desktop session was lost. You can still copy what you have written;')
        assert not alice.desk.all('push button', 'Try Again', shown=True), 'nothing helps but a new start'
        assert is_alive(alice.process.pid), 'the window went with the bus'
        assert alice.desk.text(alice.desk.find('text', 'Message')) == 'half a sentence'
        bob.row('Alice', 'Offline')
        alice.desk.key('ctrl+q')
        assert alice.process.wait(LIMIT) == 0, alice.process.returncode
        alice.process = None


def test_no_bus_at_the_start():
    """Without a session bus there is a window all the same, and it can be closed. What it says cannot be heard here:
    the bus of assistive technology is found through the one that is missing."""
    with World() as world:
        world.open_screen()
        alice = App(world.user('alice'))
        whole = dict(alice.user.environment)
        alice.user.environment['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/there/is/no/bus'
        del alice.user.environment['AT_SPI_BUS_ADDRESS']
        world.expected_warning = 'Unable to acquire session bus'
        alice.user.environment['GTK_A11Y'] = 'none'
        process = alice.desk.start(program('beckon'))
        hands = alice.desk.hands
        hands.wait(lambda: hands.windows_of({process.pid}), 'the window did not come up')
        hands.activate(hands.windows_of({process.pid})[0])
        hands.key('ctrl+q')
        assert process.wait(LIMIT) == 0, process.returncode
        alice.user.environment.update(whole)
        alice.start()
        alice.desk.find('label', 'Welcome to Beckon', shown=True)
        leave(alice)


# ---- the server ----

def test_the_server_goes_and_comes_back():
    with couple() as (world, alice, bob):
        world.kill_server()
        for app in (alice, bob):
            app.says('The server cannot be reached. Trying again…')
        alice.row('Bob', 'Offline')
        alice.say('written without a server')
        world.start_server()
        for app in (alice, bob):
            app.user.wait('account-state=online', timeout=3 * LIMIT)  # by itself: the longer it was away, the later
        for app, name in ((alice, 'Bob'), (bob, 'Alice')):
            app.row(name, 'Online')
            app.desk.gone('alert', lambda text: 'Trying again' in text, shown=True)
        bob.reads('written without a server')
        ring(alice, bob, 'Pipe')
        bob.answer('Decline')


def test_what_is_asked_for_in_a_restart_is_done():
    with couple() as (world, alice, bob):
        carol = world.user('carol')
        carol.create_account()
        world.stop_server()
        alice.ask_for_contact(carol.address, 'It is me')
        world.start_server()
        alice.desk.window_gone('Add Contact')
        carol.wait(f'contact={alice.user.address}:asking')
        alice.open('Bob')
        world.stop_server()
        alice.row('Bob', 'Online')
        alice.invite('Pipe')
        world.start_server()
        bob.invitation('Alice invites you to Pipe')
        bob.answer('Decline')


def test_the_server_is_killed_while_it_rings():
    with couple() as (world, alice, bob):
        register(alice, bob)
        ring(alice, bob, NAME)
        world.kill_server()
        bob.says('The server cannot be reached. Trying again…')
        bob.answer('Accept')  # it waits for the server
        bob.last_card('Connecting…')
        regain_server(world, alice.user, bob.user)
        expect_running(alice, bob)


def test_the_server_is_killed_in_a_session():
    with couple() as (world, alice, bob):
        register(alice, bob)
        ring(alice, bob, NAME)
        bob.answer('Accept')
        for app in (alice, bob):
            app.last_card('Running. Direct connection')
        world.kill_server()
        bob.says('The server cannot be reached. Trying again…')
        alice.press('End', within=alice.last_card('Running'))
        alice.last_card('You cancelled.')
        bob.last_card('Alice cancelled.')  # by the channel
        regain_server(world, alice.user, bob.user)
        for app, name in ((alice, 'Bob'), (bob, 'Alice')):
            app.row(name, 'Online')
        ring(alice, bob, NAME)
        bob.answer('Decline')


def test_whoever_signs_out_is_not_asked_any_more():
    with couple() as (_world, alice, bob):
        bob.desk.key('esc', window=ring(alice, bob, 'Pipe'))
        bob.desk.window_gone(INVITATION)
        bob.desk.activate(('push button', 'toggle button'), 'Main Menu')
        bob.desk.activate('menu item', 'Sign Out')
        alice.last_card('Bob signed out.')
        bob.last_card('You signed out.')
        bob.says('You are signed out.')


# ---- accounts ----

def test_a_wrong_password():
    with single() as (world, alice):
        alice.create_account()
        phone = App(world.user('alice', '-phone')).start().enlarge()
        phone.sign_in('wrong')
        phone.says('The sign-in name or the password is wrong.')
        phone.desk.fill('text', phone.user.password, 'Password')
        phone.press('Sign In')
        phone.is_online()
        # A second sign-in elsewhere takes nothing away from the first.
        alice.is_online()
        leave(phone)


def test_the_password_is_another_one():
    """The operator made the account anew: what the service had kept opens it no more."""
    with single() as (world, alice):
        alice.create_account()
        world.stop_server()
        administer(world, 'account', 'remove', 'alice')
        administer(world, 'account', 'add', 'alice', '--password-stdin', text='another one\n')
        world.start_server()
        alice.says('The password is no longer accepted.', timeout=3 * LIMIT)
        alice.press('Enter Password…')
        dialog = alice.desk.window('Enter the Password')
        alice.desk.fill('password text', 'wrong', 'Password', within=dialog)
        alice.press('Sign In', within=dialog)
        alice.desk.window_gone('Enter the Password')
        alice.says('The password is no longer accepted.')
        alice.press('Enter Password…')
        dialog = alice.desk.window('Enter the Password')
        alice.desk.fill('password text', 'another one', 'Password', within=dialog)
        alice.press('Sign In', within=dialog)
        alice.is_online()


def test_a_name_that_is_taken():
    with single() as (world, alice):
        alice.create_account()
        other = App(world.user('alice', '-other')).start().enlarge()
        other.press('New Account')
        other.fill_account(display_name='Somebody else')
        other.press('Create Account')
        other.says('That sign-in name is taken. Choose another one.')
        leave(other)


def test_no_server():
    with single() as (world, alice):
        world.stop_server()
        alice.press('New Account')
        alice.fill_account(display_name='Alice')
        alice.press('Create Account')
        alice.says('The server cannot be reached.')
        world.start_server()
        alice.press('Create Account')
        alice.is_online()


if __name__ == '__main__':
    tap.run([
        test_the_service_is_killed_while_nothing_goes_on,
        test_the_inviters_service_is_killed_while_it_rings,
        test_the_invitees_service_is_killed_while_it_rings,
        test_the_services_are_killed_in_a_session,
        test_the_service_cannot_be_started,
        test_the_bus_goes,
        test_no_bus_at_the_start,
        test_the_server_goes_and_comes_back,
        test_what_is_asked_for_in_a_restart_is_done,
        test_the_server_is_killed_while_it_rings,
        test_the_server_is_killed_in_a_session,
        test_whoever_signs_out_is_not_asked_any_more,
        test_a_wrong_password,
        test_the_password_is_another_one,
        test_a_name_that_is_taken,
        test_no_server,
    ])
