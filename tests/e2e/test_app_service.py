#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands behind the windows goes away: the session service, the server, the bus. What the windows say of it."""
from app_cases import NAME, couple, expect_running, leave, register, ring, single, tap
from processes import is_alive, wait_for_exit
from windows import INVITATION, App
from world import SERVICE, World

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
        alice.says('Beckon\'s session service cannot be reached.')
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
        alice.says('The connection was lost.')
        assert is_alive(alice.process.pid), 'the window went with the bus'
        assert alice.desk.text(alice.desk.find('text', 'Message')) == 'half a sentence'
        bob.row('Alice', 'Offline')
        alice.desk.key('ctrl+q')
        assert alice.process.wait(20) == 0, alice.process.returncode
        alice.process = None


# ---- the server ----

def test_the_server_goes_and_comes_back():
    with couple() as (world, alice, bob):
        world.kill_server()
        for app in (alice, bob):
            app.says('The server cannot be reached. Trying again…')
        alice.row('Bob', 'Offline')
        alice.say('written without a server')
        world.start_server()
        for app, name in ((alice, 'Bob'), (bob, 'Alice')):
            app.row(name, 'Online')
            app.desk.gone('alert', lambda text: 'Trying again' in text, shown=True)
        bob.reads('written without a server')
        ring(alice, bob, 'Pipe')
        bob.answer('Decline')


def test_the_server_is_killed_while_it_rings():
    with couple() as (world, alice, bob):
        register(alice, bob)
        ring(alice, bob, NAME)
        world.kill_server()
        bob.says('The server cannot be reached. Trying again…')
        bob.answer('Accept')  # it waits for the server
        bob.last_card('Connecting…')
        world.start_server()
        expect_running(alice, bob)


def test_the_server_is_killed_in_a_session():
    with couple() as (world, alice, bob):
        register(alice, bob)
        ring(alice, bob, NAME)
        bob.answer('Accept')
        expect_running(alice, bob)
        world.kill_server()
        bob.says('The server cannot be reached. Trying again…')
        alice.press('End', within=alice.last_card('Running'))
        alice.last_card('You cancelled.')
        bob.last_card('Running')
        world.start_server()
        bob.last_card('Alice cancelled.')


def test_whoever_signs_out_is_not_asked_any_more():
    with couple() as (_world, alice, bob):
        ring(alice, bob, 'Pipe')
        bob.desk.key('esc')
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


def test_a_name_that_is_taken():
    with single() as (world, alice):
        alice.create_account()
        other = App(world.user('alice', '-other')).start().enlarge()
        other.press('New Account')
        other.fill_account(display_name='Somebody else')
        other.press('Create Account')
        other.says('That sign-in name is taken. Please choose another one.')
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
        test_the_server_goes_and_comes_back,
        test_the_server_is_killed_while_it_rings,
        test_the_server_is_killed_in_a_session,
        test_whoever_signs_out_is_not_asked_any_more,
        test_a_wrong_password,
        test_a_name_that_is_taken,
        test_no_server,
    ])
