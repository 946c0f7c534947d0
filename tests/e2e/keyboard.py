# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a journey through the windows by keys alone; the first of those who go has another one to talk to."""
from app_cases import fake_browser
from windows import BUTTON

PAGE = 'https://example.org/rules'
MEMBER = 'Ada'


# ---- people ----

def answer_request(alice, ada):
    """No to somebody who asks, whose row is beyond a heading; and then it is alice who asks."""
    ada.create_account()
    ada.ctl('contact', 'add', alice.user.address, '--message', 'Chess?')
    row = alice.row(MEMBER, 'Chess?')
    alice.to_row('Bob')
    alice.desk.focus(row)
    alice.go(BUTTON, 'Decline', within=row)
    alice.desk.gone('list item', within=alice.desk.find('list', 'Contacts'), containing=MEMBER)
    alice.desk.key('ctrl+n')
    dialog = alice.desk.window('Add Contact')
    alice.desk.type(ada.address)
    alice.expect('Sign-in name or link, such as bob@example.org', ada.address)
    alice.desk.key('tab')
    alice.desk.type('Sorry')
    alice.expect('Message (optional)', 'Sorry')
    alice.go(BUTTON, 'Add', within=dialog)
    alice.desk.window_gone('Add Contact')
    ada.wait(f'contact={alice.user.address}:asking')
    ada.ctl('contact', 'approve', alice.user.address)
    alice.row(MEMBER, 'Online')


def change_status(alice, bob):
    alice.go(BUTTON, 'Your status: Online')
    alice.pick('Busy')
    bob.row('Alice', 'Busy')
    alice.go(BUTTON, 'Your status: Busy')
    alice.pick('Online')
    bob.row('Alice', 'Online')


# ---- messages ----


def choose_of_message(alice, item, letter):
    """By its letter: GTK does not tell what has the keyboard in a menu that belongs to a label."""
    alice.desk.key('menu')
    alice.desk.find('menu item', item)
    alice.desk.hands.key(letter)
    alice.desk.gone('menu item')


def use_message(alice, bob):
    """One that has a link: it is followed and copied, and so is all of it."""
    pages = fake_browser(alice.user)
    text = f'The rules: {PAGE}'
    bob.user.send('alice', text)
    alice.reads(text)
    label = alice.desk.focus('label', text, within=alice.desk.find('list', 'Conversation'))
    choose_of_message(alice, 'Open First Link', 'o')
    alice.desk.wait(lambda: pages.exists() and pages.read_text(encoding='utf-8') == PAGE + '\n', 'the page opens')
    for item, letter, copy in (('Copy First Link', 'f', PAGE), ('Copy Message', 'm', text)):
        alice.desk.focus(label)
        choose_of_message(alice, item, letter)
        alice.desk.focus('text', 'Message')
        alice.desk.key('ctrl+v')
        alice.expect('Message', copy)
        alice.desk.key('ctrl+a', 'delete')
