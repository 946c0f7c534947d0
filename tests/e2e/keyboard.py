# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a journey through the windows by keys alone; the first of those who go has another one to talk to."""
from app_cases import NAME, fake_browser
from keys import is_jump
from windows import BUTTON, INVITATION, WAITING, save_as

ENTRY = {'text', 'entry'}
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
    alice.row_gone(MEMBER)
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


def sort_and_filter(alice, ada):
    """By presence Ada, who is not there, comes after Bob."""
    def order():
        rows = alice.desk.all('list item', within=alice.desk.find('list', 'Contacts'))
        return [name for row in rows for name in (MEMBER, 'Bob') if row.contains(name)]

    ada.ctl('account', 'sign-out')
    alice.row(MEMBER, 'Offline')
    alice.desk.wait(lambda: order() == ['Bob', MEMBER], 'who is there comes first')
    for item, expected in (('Sort by Name', [MEMBER, 'Bob']), ('Sort by Presence', ['Bob', MEMBER]),
                           ('Online Only', ['Bob']), ('Online Only', ['Bob', MEMBER])):
        alice.desk.key('f10')
        alice.pick('Contact List', goes_on=True)
        alice.pick(item)
        alice.desk.wait(lambda expected=expected: order() == expected, f'{item} makes {expected} of it')


def keep_groups(alice):
    """A group is made, renamed and deleted; people come in from both sides."""
    alice.desk.key('ctrl+g')
    window = alice.desk.window('Groups')
    alice.desk.type('Chess')
    alice.expect('New group', 'Chess')
    alice.desk.key('enter')
    alice.go('list item', 'Chess', within=window)
    alice.go('list item', 'Bob, not in the group', within=window)
    alice.desk.find('list item', 'Bob, in the group', within=window)
    alice.desk.focus(ENTRY, 'Search contacts', within=window)
    alice.desk.key('shift+tab', 'ctrl+a')
    alice.desk.type('Board Games')
    alice.expect('Name', 'Board Games')
    alice.desk.key('enter')
    alice.go(BUTTON, 'Back', within=window)
    alice.desk.find('list item', 'Board Games', within=window, shown=True)
    alice.desk.key('esc')
    alice.desk.window_gone('Groups')
    alice.choose_of(MEMBER, 'Groups…')
    window = alice.desk.window(lambda name: MEMBER in name or name == 'Groups')
    alice.go('list item', 'Board Games', within=window)
    alice.desk.find('label', '2 contacts', within=window)
    alice.desk.key('esc')
    alice.desk.wait(lambda: len(alice.desk.windows()) == 1, 'the window closes')
    alice.desk.key('ctrl+g')
    window = alice.desk.window('Groups')
    alice.go('list item', 'Board Games', within=window)
    alice.go(BUTTON, 'Delete Group…', within=window)
    alice.confirm('Delete Board Games?', 'Delete')
    alice.desk.gone('list item', 'Board Games', within=window)
    alice.desk.key('esc')
    alice.desk.window_gone('Groups')


def change_status(alice, bob):
    alice.go(BUTTON, 'Your status: Online')
    alice.pick('Busy')
    bob.row('Alice', 'Busy')
    alice.go(BUTTON, 'Your status: Busy')
    alice.pick('Online')
    bob.row('Alice', 'Online')


# ---- messages ----

def keep_draft(alice):
    alice.open('Bob')
    alice.desk.type('half a thought')
    alice.expect('Message', 'half a thought')
    alice.open(MEMBER)
    alice.expect('Message', '')
    alice.open('Bob')
    alice.expect('Message', 'half a thought')
    alice.desk.key('ctrl+a', 'delete')
    alice.expect('Message', '')


def pick_emoji(alice):
    """The picker keeps the keyboard until something is chosen; then it is where it was."""
    alice.to_message()
    alice.desk.key('ctrl+.')
    alice.desk.find('table cell')
    alice.desk.hands.key('tab')
    alice.desk.wait(lambda: alice.at('table cell'), 'an emoji has the keyboard')
    alice.desk.hands.key('enter')
    alice.desk.wait(lambda: alice.has_keyboard('Message'), 'the message can be written on')
    alice.desk.type('!')
    alice.desk.wait(lambda: '!' in alice.desk.text(alice.desk.focused())[1:], 'it is there')
    alice.desk.key('ctrl+a', 'delete')
    alice.expect('Message', '')


def choose_of_message(alice, item, letter):
    """Of the newest, by its letter: GTK does not tell what has the keyboard in a menu that belongs to a label."""
    alice.to_newest()
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
    choose_of_message(alice, 'Open First Link', 'o')
    alice.desk.wait(lambda: pages.exists() and pages.read_text(encoding='utf-8') == PAGE + '\n', 'the page opens')
    for item, letter, copy in (('Copy First Link', 'f', PAGE), ('Copy Message', 'm', text)):
        choose_of_message(alice, item, letter)
        alice.to_message()
        alice.desk.key('ctrl+v')
        alice.expect('Message', copy)
        alice.desk.key('ctrl+a', 'delete')


def go_to_newest(alice, bob):
    """Home goes to the oldest entry; from there it is one key back, and a button."""
    bob.user.send('alice', '\n'.join(map(str, range(60))))
    bob.user.send('alice', 'the end')
    alice.reads('the end')
    for key in ('enter', 'ctrl+end'):
        alice.to_newest()
        alice.desk.key('home')
        alice.desk.find(BUTTON, is_jump, shown=True)
        if key == 'enter':
            alice.desk.key('tab', 'tab')
            alice.desk.wait(lambda: alice.has_keyboard(is_jump), 'the button has the keyboard')
        alice.desk.hands.key(key)
        alice.desk.gone(BUTTON, is_jump)


# ---- invitations ----

def invite_from_window(alice, bob):
    """The application first, then who, and what goes with it. Who is asked has it always accepted from now on."""
    alice.desk.key('ctrl+i')
    dialog = alice.desk.window('Invite to an Application')
    alice.desk.type(NAME)
    alice.go('list item', None, within=alice.desk.find(None, 'Applications', within=dialog), containing=NAME)
    recipients = alice.desk.find('list', 'Recipients', within=dialog, shown=True)
    alice.desk.focus('list item', within=recipients, containing='Bob')
    alice.desk.key('tab')
    alice.desk.type('Your turn')
    alice.expect('Message that goes with the invitation', 'Your turn')
    alice.go(BUTTON, 'OK', within=dialog)
    asked = bob.invitation('Your turn')
    bob.desk.focus('check box', f'Always accept {NAME} from Alice', within=asked)
    bob.desk.hands.key('space')
    bob.go(BUTTON, 'Accept', within=asked)
    bob.desk.window_gone(INVITATION)


def use_card(app, button, *words):
    app.press_in(app.last_card(*words), button)


def end_and_invite_again(alice, bob):
    """By the buttons of the cards; the second time nobody is asked, until that is taken back."""
    for one, words in ((alice, 'You cancelled.'), (bob, 'Bob cancelled.')):
        for app in (alice, bob):
            app.last_card('Running')
        use_card(one, 'End', 'Running')
        alice.last_card(words)
        if one is bob:
            bob.last_card('You cancelled.')
            ask_again(bob)
        use_card(alice, 'Invite Again', words)


def ask_again(bob):
    bob.desk.key('ctrl+,')
    window = bob.desk.window('Preferences')
    bob.go('page tab', 'Privacy', within=window)
    bob.go(BUTTON, f'Ask about {NAME} from Alice again', within=window)
    bob.says('You are asked about every invitation.')
    bob.desk.key('esc')
    bob.desk.window_gone('Preferences')


def answer_invitations(alice, bob):
    """No, and not at all; then it is put off and asked for again, and the one who waits gives up."""
    for button, words in (('Decline', 'Bob declined.'), ('Cancel', 'Bob cancelled.')):
        bob.go(BUTTON, button, within=bob.invitation())
        bob.desk.window_gone(INVITATION)
        alice.last_card(words)
        if button == 'Decline':
            use_card(alice, 'Invite Again', words)
    alice.user.ctl('invite', bob.user.address, NAME)
    bob.desk.key('esc', window=bob.invitation())
    bob.desk.window_gone(INVITATION)
    bob.desk.key('ctrl+r')
    bob.invitation()
    alice.go(BUTTON, 'Cancel', within=alice.desk.window(WAITING))
    alice.desk.window_gone(WAITING)
    bob.desk.window_gone(INVITATION)
    bob.last_card('Alice cancelled.')


# ---- files, and all that was ----

def send_file_again(alice, bob):
    """Alice stops it before bob has answered, and sends it again; bob does not want it."""
    alice.choose_file('again.txt')
    bob.last_card('again.txt', 'Waiting for your answer')
    use_card(alice, 'Cancel', 'again.txt')
    bob.last_card('again.txt', 'Alice cancelled')
    use_card(alice, 'Send Again…', 'again.txt')
    alice.send_chosen()
    bob.last_card('again.txt', 'Waiting for your answer')
    use_card(bob, 'Decline', 'again.txt')
    alice.last_card('again.txt', 'Bob declined')


def keep_history(alice):
    """It is written to a file, and forgotten."""
    alice.desk.key('ctrl+,')
    preferences = alice.desk.window('Preferences')
    alice.go('list item', alice.user.address, within=preferences)
    alice.go('list item', 'Picture, password, devices and history', within=preferences)
    account = alice.desk.window(alice.user.address)
    alice.go(BUTTON, 'Export…', within=account, shown=False)
    path = alice.user.folder / 'history.json'
    save_as(alice.desk, path)
    alice.says('The history was exported.')
    assert PAGE in path.read_text(encoding='utf-8')
    alice.go(BUTTON, 'Clear…', within=account, shown=False)
    alice.confirm('Clear the History?', 'Clear')
    said = 'The history was cleared on this computer.'
    alice.says(said)
    alice.desk.key('esc', window=account)  # takes away what was said in it, if that is still there
    alice.desk.gone('label', said)
    for window in (account, preferences):
        if alice.desk.again(window):
            alice.desk.key('esc', window=window)
            alice.desk.window_gone(window.name)
    alice.desk.find('label', 'No Messages Yet', shown=True)
