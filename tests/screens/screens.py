# SPDX-License-Identifier: GPL-3.0-or-later
"""Every screen there is, in the order of a walk. A new screen is added here, and is looked at by e2e-app-look and
pictured by ./dev screenshots from then on."""
import contextlib

import life
from neighbourhood import program

FILM_SIZE = 4 << 30  # bytes, of which there are none on the disk
BUTTONS = {'push button', 'toggle button'}
# Servers that are not what they should be, by who signs in: the error, and what is known of it.
TROUBLES = {
    'nowhere': ('Connect', 'There is no such host'),
    'untrusted': ('InvalidCertificate', 'The certificate of the server is not to be trusted: it has expired'),
}


def newcomer(walk, world):
    """The first minute of somebody who has no account."""
    desk = walk.desk
    desk.find('text', shown=True)
    walk.picture('welcome')
    walk.press(walk.t('I _Have an Account'), walk.main())
    form = {'signin': walk.t('Sign-in name, such as alice@example.org'), 'password': walk.t('Password')}
    for what, name, said in (
            ('error-password', 'mistyped', 'The sign-in name or the password is wrong.'),
            ('error-server', 'nowhere', 'The server cannot be reached.'),
            ('error-certificate', 'untrusted',
             'The server could not prove its identity: its certificate is not trusted.')):
        desk.fill('text', f'{name}@{world.domain}', form['signin'])
        desk.fill('text', 'a secret', form['password'])
        desk.activate(desk.find(BUTTONS, walk.t('_Sign In'), states={'sensitive'}))
        desk.find('alert', walk.t(said), shown=True)
        desk.find(BUTTONS, walk.t('_Sign In'), shown=True, states={'sensitive'})
        walk.picture(what)
    details = desk.find(BUTTONS, walk.t('_Details…'), states={'sensitive'})
    walk.window('certificate', lambda: desk.activate(details))
    walk.user.ctl(*walk.user.account_arguments, '--create', '--display-name', 'Nora', text='a secret\n')
    desk.find(None, walk.t('No Contacts Yet'), shown=True)
    walk.picture('no-contacts')
    walk.window('no-applications', lambda: walk.do('open-preferences', 'applications'))
    grace = world.people['grace']
    walk.user.befriend(grace)
    walk.conversation(grace)
    walk.popover('invite-menu-empty', walk.by_key('ctrl+shift+i'))


def contacts(walk, world):
    """The list of contacts, and what there is to see of one."""
    desk = walk.desk
    desk.find('list item', containing=life.NAMES['bob'], shown=True)
    walk.picture('contacts')
    walk.list()
    walk.popover('main-menu', walk.by_key('f10'))
    walk.popover('status-menu', lambda: desk.activate(BUTTONS, walk.begins('Your status: %s')))
    walk.row(life.NAMES['carol'])
    walk.popover('contact-menu', lambda: desk.key('shift+F10'))
    walk.row(life.NAMES['carol'])
    walk.window('profile', lambda: desk.key('alt+enter'))
    walk.row(life.NAMES['carol'])
    walk.window('rename', lambda: desk.key('f2'))
    walk.row(life.NAMES['carol'])
    walk.window('remove-contact', lambda: desk.key('delete'))
    walk.window('add-contact', walk.by_key('ctrl+n'))
    walk.window('groups', walk.by_key('ctrl+g'))
    walk.key('ctrl+f')
    desk.type('opening')
    desk.find('list item', containing='article', shown=True)
    walk.picture('search')
    desk.type(' article')
    desk.gone('list item', containing=life.FILE)
    desk.key('enter')
    desk.find('label', life.TALK[4][3], shown=True)
    walk.picture('search-hit')
    desk.key('ctrl+end')  # then all is read, and no line is drawn where the next picture is taken
    desk.find('label', life.TALK[-1][3], shown=True)
    walk.key('ctrl+f')
    walk.key('esc')
    walk.list()


def conversation(walk, world):
    """What two people say."""
    people, desk = world.people, walk.desk
    alice, bob, carol = (people[name] for name in ('alice', 'bob', 'carol'))
    walk.conversation(carol)
    desk.find('label', life.LAST_WORDS[7][3], shown=True)
    walk.picture('new-messages')
    walk.conversation(bob)
    desk.focus('text', walk.t('Message'))
    desk.key('ctrl+end')
    desk.find('label', life.TALK[-1][3], shown=True)
    session = alice.ctl('invite', bob.address, 'Chess', '--message', life.NOTES['Chess'])['id']
    bob.wait('invitation', session=session)
    bob.ctl('accept', session)
    alice.wait('channel=direct', session=session)
    desk.find(BUTTONS, walk.t('_End', 'session'), shown=True)
    walk.picture('conversation')
    world.tell('end', bob.folder)
    alice.wait_session(session)
    bob.ctl('chat', 'typing', alice.address)
    desk.find('label', walk.t('Writing…'), shown=True)
    walk.picture('typing')
    desk.focus('text', walk.t('Message'))
    for line in life.QUESTION:
        desk.type(line)
        desk.key('shift+enter')
    desk.type(':thum')
    desk.find('list item', containing=':thumbsup:', shown=True)
    walk.picture('composer')
    desk.key('esc')
    desk.key('ctrl+a')
    desk.key('delete')
    walk.popover('emoji', walk.by_key('ctrl+.'))
    walk.key('ctrl+shift+f')
    find = desk.find({'text', 'entry'}, walk.t('Find in Conversation'), shown=True)
    desk.type('openings')
    desk.wait(lambda: desk.holds(find, 'openings'), 'the words are there')
    walk.picture('find')
    walk.key('esc')


def prepare(world):
    """What the walks need besides what has happened."""
    for name, (error, text) in TROUBLES.items():
        world.tell('refuse', f'{name}@{world.domain}', f'im.beckon.Error.{error}', text)


def inviting(walk, world):
    """Everything about inviting somebody."""
    people, desk = world.people, walk.desk
    alice, bob, dave, erin, frank = (people[name] for name in ('alice', 'bob', 'dave', 'erin', 'frank'))
    for what, user in (('invite-menu', bob), ('invite-menu-offline', frank)):
        walk.conversation(user)
        desk.focus('text', walk.t('Message'))
        desk.key('ctrl+end')
        if user is bob:
            desk.find(BUTTONS, walk.t('Invite _Again'), shown=True)
        walk.popover(what, walk.by_key('ctrl+shift+i'))
    walk.conversation(dave)
    new = walk.open('the invite dialog', walk.by_key('ctrl+i'))
    walk.picture('invite', new)
    walk.hands.type('Chess\n')
    desk.find('list item', containing=life.NAMES['dave'], within=new, shown=True)
    walk.picture('recipients', new)
    walk.close(new)
    walk.window('pick', lambda: alice.start([program('beckonctl'), 'invite', '--pick', life.APPLICATIONS['Chess'][0]]))

    new = walk.open('the waiting', lambda: alice.ctl('invite', dave.address, 'Chess', '--message',
                                                     life.NOTES['Chess']))
    session = alice.ctl('sessions')[0]['id']
    alice.wait('ringing', session=session)
    desk.find('status bar', walk.t('Waiting for %s… Their device is ringing.') % life.NAMES['dave'], within=new)
    walk.picture('waiting', new)
    walk.picture('card-waiting')
    dave.ctl('decline', session)
    alice.wait_session(session)
    walk.close(new)
    walk.window('invitation', lambda: dave.ctl('invite', alice.address, 'Shared Notes', '--message',
                                               life.NOTES['Shared Notes']))
    walk.picture('card-asked')
    session = alice.ctl('sessions')[0]['id']
    alice.ctl('decline', session)
    alice.wait_session(session)

    session = alice.ctl('invite', dave.address, 'Shared Notes')['id']
    dave.wait('invitation', session=session)
    dave.ctl('accept', session)
    alice.wait('channel=direct', session=session)
    walk.picture('card-running')
    walk.window('details', lambda: walk.do('session-details', session))
    dave.ctl('cancel', session)
    alice.wait_session(session)

    walk.conversation(erin)
    session = alice.ctl('invite', erin.address, 'Jam Session')['id']
    erin.wait('invitation', session=session)
    with contextlib.suppress(Exception):
        erin.ctl('accept', session)
    walk.picture('card-installing')
    alice.ctl('cancel', session)
    alice.wait_session(session)


def another_key(walk, world):
    """Somebody has another device than before, or is somebody else."""
    alice, judy = world.people['alice'], world.people['judy']
    world.tell('know', alice.folder, judy.address)
    walk.conversation(judy)
    walk.window('invitation-changed', lambda: judy.ctl('invite', alice.address, 'Chess'))
    session = alice.ctl('sessions')[0]['id']
    walk.picture('card-changed')
    walk.window('details-changed', lambda: walk.do('session-details', session))
    alice.ctl('decline', session)
    alice.wait_session(session)


def files(walk, world):
    """A file in each state."""
    people = world.people
    alice, erin = people['alice'], people['erin']
    walk.conversation(erin)
    path = erin.folder / life.PHOTOGRAPHS
    path.write_bytes(bytes(2411724))
    session = erin.ctl('send-file', alice.address, path)['id']
    alice.wait('invitation', session=session)
    walk.picture('file-offered')
    alice.ctl('accept', session)
    alice.wait_session(session)
    session = erin.ctl('send-file', alice.address, path)['id']
    alice.wait('invitation', session=session)
    alice.ctl('decline', session)
    alice.wait_session(session)
    walk.picture('file-done')
    painting = alice.folder / life.PAINTING
    painting.write_bytes((alice.folder / 'picture.png').read_bytes())
    session = alice.ctl('send-file', erin.address, painting)['id']
    erin.wait('invitation', session=session)
    erin.ctl('decline', session)
    alice.wait_session(session)
    again = walk.desk.find(BUTTONS, walk.t('Send _Again…'), shown=True)
    walk.window('send-files', lambda: walk.desk.activate(again))


def others(walk, world):
    """Two numbers of one person, and the window of another program."""
    alice, judy = world.people['alice'], world.people['judy']
    world.tell('know', alice.folder, judy.address)
    walk.close(walk.open('the invitation', lambda: judy.ctl('invite', alice.address, 'Chess')))
    session = alice.ctl('sessions')[0]['id']
    walk.row(life.NAMES['judy'])
    walk.window('profile-changed', lambda: walk.desk.key('alt+enter'))
    alice.ctl('decline', session)
    alice.wait_session(session)
    walk.window('whiteboard', lambda: walk.run('beckon-whiteboard'), key='ctrl+w')


def transfer(walk, world):
    """A file on its way, which is so large that there is time to look."""
    alice, erin = world.people['alice'], world.people['erin']
    walk.conversation(erin)
    path = erin.folder / life.FILM
    with open(path, 'wb') as film:
        film.truncate(FILM_SIZE)
    session = erin.ctl('send-file', alice.address, path)['id']
    alice.wait('invitation', session=session)
    alice.ctl('accept', session)
    speed = walk.t('%s of %s (%u%%), %s/s, %s').split('%s')[3]
    walk.desk.find('label', lambda name: speed in name, shown=True)
    walk.picture('file-running')
    alice.ctl('cancel', session)
    alice.wait_session(session)
    for file in (path, *(alice.folder / 'Downloads').rglob(f'*{path.stem}*')):
        file.unlink()


def preferences(walk, world):
    """All that can be settled."""
    desk = walk.desk
    walk.window('preferences', walk.by_key('ctrl+,'), lambda window: account(walk, window))
    for page in ('applications', 'connection', 'behavior', 'notifications', 'privacy'):
        new = walk.open(page, lambda page=page: walk.do('open-preferences', page))
        walk.picture(f'preferences-{page}', new)
        if page == 'applications':
            walk.window('register', lambda new=new: walk.press(walk.begins('Register an application'), new))
        if page == 'connection':
            walk.press(walk.t('_Test My Connection'), new)
            desk.find('list item', walk.t('Summary'), within=new, shown=True)
            walk.picture('connection-test', new)
        walk.close(new)


def account(walk, window):
    """From the page of the accounts on."""
    desk = walk.desk
    walk.window('account-window', lambda: walk.press(walk.begins('Add an account'), window), key='ctrl+w')
    desk.click('label', walk.user.address, within=window)
    new = walk.open('the page of the account', lambda: desk.click(
        'label', walk.t('Picture, password, devices and history'), within=window))
    desk.find('list item', within=desk.find('list', walk.t('Devices'), within=new))
    walk.picture('account', new)
    delete = desk.find(BUTTONS, walk.t('_Delete the Account…'), within=new)
    walk.window('delete-account', lambda: desk.activate(delete))
    walk.close(new)


def general(walk, world):
    """What every application has, and what happens without a network."""
    desk = walk.desk
    walk.window('shortcuts', walk.by_key('ctrl+shift+?'))
    walk.window('about', lambda: walk.do('about'))
    walk.list()
    world.tell('cut', walk.user.folder)
    walk.user.wait('account-state=waiting')
    desk.find(BUTTONS, walk.t('_Try Now'), shown=True)
    walk.picture('offline')
    world.tell('join', walk.user.folder)
    walk.user.ctl('account', 'sign-in')
    with contextlib.suppress(Exception):
        walk.user.ctl('account', 'sign-in', '--password-stdin', text='an old secret\n')
    enter = desk.find(BUTTONS, walk.t('_Enter Password…'), shown=True)
    walk.window('password', lambda: desk.activate(enter))
    walk.user.ctl('account', 'sign-in', '--password-stdin', text=walk.user.password + '\n')


DEAR = (others, transfer)  # what takes time, or a processor and a disk for itself: for those who look alone
ALICE = (contacts, conversation, inviting, another_key, files, preferences, general)
