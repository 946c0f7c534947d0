#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One account on two devices."""
from cases import HAS_SESSION, expect_end, invite, lose_server, regain_server, tap
from world import World, program


def make_devices(world):
    """Alice, and bob on two devices."""
    alice, laptop = world.friends('alice', 'bob')
    phone = world.user('bob', '-phone')
    phone.add_account()
    phone.wait(f'presence={alice.address}:online')
    return alice, laptop, phone


def ring(alice, *devices):
    session = invite(alice, devices[0])
    for device in devices[1:]:
        device.wait('invitation', session=session)
    return session


def test_the_first_acceptance_wins():
    with World() as world:
        alice, laptop, phone = make_devices(world)
        session = ring(alice, laptop, phone)
        with alice.watch('--session', session) as watch:
            phone.ctl('accept', session)
            watch.until_note(HAS_SESSION)
        expect_end(session, 'accepted-elsewhere', laptop)
        laptop.wait('invitation-over')
        phone.wait('session-state=connected', session=session)
        assert laptop.refused('accept', session).error == 'SessionStateInvalid'
        assert alice.session(session)['state'] == 'connected'
        phone.ctl('cancel', session)
        expect_end(session, 'cancelled-remote', alice)


def test_a_decline_counts_for_all():
    with World() as world:
        alice, laptop, phone = make_devices(world)
        session = ring(alice, laptop, phone)
        laptop.ctl('decline', session, '--data', 'from the laptop')
        expect_end(session, 'invitation-declined', alice, laptop)
        expect_end(session, 'declined-elsewhere', phone)


def test_a_cancel_reaches_all():
    with World() as world:
        alice, laptop, phone = make_devices(world)
        session = ring(alice, laptop, phone)
        alice.ctl('cancel', session)
        expect_end(session, 'cancelled-remote', laptop, phone)


def test_two_answers_at_once():
    with World() as world:
        alice, laptop, phone = make_devices(world)
        for _ in range(5):
            session = ring(alice, laptop, phone)
            answers = [device.start([program('beckonctl'), 'accept', session]) for device in (laptop, phone)]
            for answer in answers:
                answer.wait()
            alice.wait_session(session, 'connected')
            states = []
            for device in (laptop, phone):
                device.wait('session-state=connected', 'session-result=accepted-elsewhere', session=session)
                states.append(device.session(session)['state'])
            assert sorted(states) == ['connected', 'terminated'], states
            alice.ctl('cancel', session)
            for device in (laptop, phone):
                device.wait_session(session)


def test_a_device_that_comes_late_rings_too():
    with World() as world:
        alice, laptop, phone = make_devices(world)
        phone.stop_service()
        session = ring(alice, laptop)
        phone.wait('invitation', session=session)
        phone.ctl('accept', session)
        expect_end(session, 'accepted-elsewhere', laptop)


def test_messages_are_on_all_devices():
    with World() as world:
        alice, laptop, phone = make_devices(world)
        alice.send('bob', 'to both of you')
        for device in (laptop, phone):
            device.wait('message=to both of you', who='alice')
        phone.send('alice', 'from the phone')
        alice.wait('message=from the phone', who='bob')
        has_message(laptop, 'alice', 'from the phone')
        laptop.send('alice', 'from the laptop')
        has_message(phone, 'alice', 'from the laptop')
        alice.wait('message=from the laptop', who='bob')
        wanted = [(False, 'to both of you'), (True, 'from the phone'), (True, 'from the laptop')]
        phone.send('alice', 'the last one')
        alice.wait('message=the last one', who='bob')
        wanted.append((True, 'the last one'))
        alice.send('bob', 'good night')
        wanted.append((False, 'good night'))
        for device in (laptop, phone):
            device.wait('message=good night', who='alice')
            history = [(message['outgoing'], message['text']) for message in device.ctl('chat', 'alice')]
            assert history == wanted, (device.label, history)


def wait_unread(device, who, count):
    with device.watch() as watch:
        watch.until(lambda event: event['event'] == 'contact' and event['contact']['signin_name'] == who.address
                    and event['contact']['unread'] == count)


def test_marks_are_on_all_devices():
    with World() as world:
        alice, laptop, phone = make_devices(world)
        alice.send('bob', 'to be read')
        for device in (laptop, phone):
            device.wait('message=to be read', who='alice')
        alice.wait('delivered', who='bob')
        assert [message['delivery'] for message in alice.ctl('chat', 'bob')] == ['delivered']
        laptop.ctl('chat', 'alice', '--mark-read')
        wait_unread(phone, alice, 0)
        alice.wait('read', who='bob')

        # Read while the other device was away; told although the service was killed before it could say so.
        phone.stop_service()
        alice.send('bob', 'in a hurry')
        laptop.kill_service()
        laptop.start_service()
        alice.wait('delivered', who='bob')
        laptop.ctl('chat', 'alice', '--mark-read')
        laptop.kill_service()
        laptop.start_service()
        alice.wait('read', who='bob')
        phone.wait('message=in a hurry', who='alice')
        wait_unread(phone, alice, 0)
        assert [message['delivery'] for message in alice.ctl('chat', 'bob')] == ['read', 'read']

        with phone.watch('--until', 'typing=alice') as watch:
            alice.ctl('chat', 'typing', 'bob')
            watch.until_event('until')


def has_message(device, who, text):
    """Returns when the device shows the message, which may be one that another device of the user has sent."""
    with device.watch('--with', who) as watch:
        if text not in [message['text'] for message in device.ctl('chat', who)]:
            watch.until(lambda event: event['event'] == 'message' and event['message']['text'] == text)


def groups(device):
    return sorted((group['name'], group['contacts']) for group in device.ctl('groups'))


def wait_groups(device, wanted):
    """Returns when the device shows these groups; it tells of each change."""
    with device.watch() as watch:
        seen = {}

        def fits(event):
            if event['event'] == 'group':
                seen[event['group']['id']] = (event['group']['name'], event['group']['contacts'])
            return sorted(seen.values()) == wanted
        watch.until(fits)


def test_groups_are_on_all_devices():
    with World() as world:
        alice, laptop, phone = make_devices(world)
        laptop.ctl('group', 'create', 'Chess')
        laptop.ctl('group', 'put', 'Chess', 'alice')
        wait_groups(phone, [('Chess', [alice.address])])
        phone.ctl('group', 'create', 'Work')
        phone.ctl('group', 'rename', 'Chess', 'Go')
        wanted = [('Go', [alice.address]), ('Work', [])]
        wait_groups(laptop, wanted)

        # They outlive the service and the server, and one who is new has them too.
        laptop.kill_service()
        laptop.start_service()
        assert groups(laptop) == wanted
        lose_server(world, laptop)
        regain_server(world, laptop)
        tablet = world.user('bob', '-tablet')
        tablet.add_account()
        wait_groups(tablet, wanted)
        assert laptop.refused('group', 'remove', 'Go').error == 'GroupNotEmpty'
        assert groups(alice) == []
        what_is_settled(alice, laptop, tablet)
        new_password(alice, laptop, tablet)


def wait_contact(device, who, match):
    with device.watch() as watch:
        watch.until(lambda event: event['event'] == 'contact' and event['contact']['signin_name'] == who.address
                    and match(event['contact']))


def what_is_settled(alice, laptop, tablet):
    """Names that one gives to others, and the picture that others see, are on all devices, too."""
    laptop.ctl('contact', 'alias', 'alice', 'Al')
    wait_contact(tablet, alice, lambda contact: contact['display_name'] == contact['alias'] == 'Al')
    tablet.ctl('contact', 'mute', 'alice')
    wait_contact(laptop, alice, lambda contact: contact['muted'] and contact['alias'] == 'Al')
    picture = laptop.folder / 'picture.png'
    picture.write_bytes(b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20')
    laptop.ctl('account', 'avatar', str(picture))
    wait_contact(alice, laptop, lambda contact: contact['avatar'])
    with tablet.watch() as watch:
        watch.until(lambda event: event['event'] == 'account' and event['account']['avatar'])


def new_password(alice, laptop, tablet):
    """Who changes the password is alone with it; who deletes the account is gone for others."""
    words = f'{laptop.password}\nbattery staple\n'
    assert laptop.refused('account', 'password', '--password-stdin', text='guess\nbattery staple\n').error == \
        'InvalidPassword'
    laptop.ctl('account', 'password', '--password-stdin', text=words)
    tablet.wait('account-state=offline')
    assert tablet.ctl('account', 'list')[0]['error'] == 'im.beckon.Error.AccessDenied'
    assert tablet.refused('account', 'sign-in', '--password-stdin', text=f'{laptop.password}\n').error == \
        'InvalidPassword'
    tablet.ctl('account', 'sign-in', '--password-stdin', text='battery staple\n')
    tablet.wait('account-state=online')
    device = next(one for one in laptop.ctl('account', 'devices')
                  if one['id'] == next(other['id'] for other in tablet.ctl('account', 'devices') if other['self']))
    laptop.ctl('account', 'remove-device', device['id'])
    tablet.wait('account-state=offline')
    laptop.ctl('account', 'delete', laptop.address, '--password-stdin', text='battery staple\n')
    assert laptop.ctl('account', 'list') == []
    alice.wait(f'contact={laptop.address}:none')


if __name__ == '__main__':
    tap.run([
        test_the_first_acceptance_wins,
        test_a_decline_counts_for_all,
        test_a_cancel_reaches_all,
        test_two_answers_at_once,
        test_a_device_that_comes_late_rings_too,
        test_messages_are_on_all_devices,
        test_marks_are_on_all_devices,
        test_groups_are_on_all_devices,
    ])
