# SPDX-License-Identifier: GPL-3.0-or-later
"""Who lives in the pictures, and what they have said and done until now."""
import subprocess

from neighbourhood import DOMAIN

NAMES = {'alice': 'Alice Weber', 'bob': 'Bob Martin', 'carol': 'Carol Okafor', 'dave': 'Dave Lindqvist',
         'erin': 'Erin Sato', 'frank': 'Frank Novák', 'grace': 'Grace Kim', 'heidi': 'Heidi Brandt',
         'ivan': 'Иван Петров', 'judy': 'Judy Maximiliana Featherstonehaugh-Cholmondeley'}
CONTACTS = ('bob', 'carol', 'dave', 'erin', 'frank', 'heidi', 'ivan', 'judy')
PRESENCE = {'bob': ('online', 'Coffee first'), 'carol': ('busy', 'In a meeting until four'), 'dave': ('away', ''),
            'erin': ('online', ''), 'heidi': ('out-to-lunch', 'Back at two, more or less'), 'ivan': ('on-the-phone', ''),
            'judy': ('online', 'Reading a very long book about even longer rivers'), 'frank': ('invisible', '')}
GROUPS = {'Chess Club': ('bob', 'ivan'), 'Family': ('heidi', 'frank'), 'Work': ('carol', 'judy')}
# What somebody looks like: what ImageMagick is told to paint.
PICTURES = {
    'alice': ('gradient:#ffbe6f-#c64600', '-fill', '#f9f06b', '-draw', 'circle 64,60 64,88',
              '-fill', '#613583', '-draw', 'polygon 0,128 0,100 40,76 84,104 128,84 128,128'),
    'bob': ('gradient:#99c1f1-#1a5fb4', '-fill', '#26a269', '-draw', 'polygon 0,128 46,52 84,128',
            '-fill', '#2ec27e', '-draw', 'polygon 44,128 92,66 140,128'),
    'carol': ('gradient:#dc8add-#613583', '-fill', '#f6d32d', '-draw', 'circle 88,40 88,58',
              '-fill', '#3d3846', '-draw', 'polygon 0,128 0,92 128,108 128,128'),
    'ivan': ('gradient:#8ff0a4-#26a269', '-fill', '#ffffff', '-draw', 'circle 46,50 46,66',
             '-draw', 'circle 68,46 68,66', '-draw', 'circle 90,52 90,66'),
}
APPLICATIONS = {
    'Chess': ('{11111111-2222-4333-8444-555555555501}', 'A game of chess', 'applications-games-symbolic', 'required'),
    'Shared Notes': ('{11111111-2222-4333-8444-555555555502}', 'Write in the same document',
                     'accessories-text-editor-symbolic', 'required'),
    'Screen Share': ('{11111111-2222-4333-8444-555555555503}', 'Show what is on your screen',
                     'video-display-symbolic', 'required'),
    'Jam Session': ('{11111111-2222-4333-8444-555555555504}', 'Make music together',
                    'applications-multimedia-symbolic', 'none'),
}
LACKS = {'erin': ('Jam Session',)}  # who has not installed what
# With bob: how many days ago, when, who, what.
TALK = [
    (1, '18:02', 'bob', 'Are we still on for tonight?'),
    (1, '18:04', 'alice', 'Yes! I only have to feed the cat'),
    (1, '18:04', 'alice', 'Half past seven?'),
    (1, '18:09', 'bob', 'Perfect. I have been reading about the Caro-Kann, be afraid 😄'),
    (0, '09:12', 'bob', 'Good morning! Here is the article about openings that I told you of: '
                        'https://example.org/chess/openings'),
    (0, '09:13', 'bob', 'The part about pawn structure is worth the time. It takes a while to get going, but from the '
                        'third page on it explains why the exchange on d5 is not as dull as everybody says.'),
    (0, '09:40', 'alice', 'Thanks, I will read it on the train'),
    (0, '12:31', 'alice', 'Read it. Now I want a rematch'),
    (0, '12:32', 'bob', '😂🎉'),
]
LAST_WORDS = [
    (3, '20:15', 'dave', 'See you on Sunday then'),
    (1, '16:20', 'frank', 'The photographs are on the shelf'),
    (1, '21:05', 'ivan', 'До завтра!'),
    (0, '08:02', 'heidi', 'Did you see the snow?'),
    (0, '08:03', 'heidi', 'It is up to the window sill'),
    (0, '11:47', 'carol', 'Could you look over the slides before the meeting?'),
    (0, '11:48', 'carol', 'Only the last three'),
    (0, '11:49', 'carol', 'No hurry though'),
    (0, '14:10', 'judy', 'Have you come to the chapter about the Danube already, or am I the slow one this time?'),
]
REQUEST = 'We met at the chess club on Tuesday'
FILE = 'Openings for club players.pdf'
# What is said while the windows are looked at.
QUESTION = ('I have one more question:', 'do you know a good book about endgames?')
NOTES = {'Chess': 'You have white this time', 'Shared Notes': 'The list for Sunday',
         'Jam Session': 'A song before we go to sleep?'}
PHOTOGRAPHS = 'Photographs of the harbour.zip'
PAINTING = 'The harbour at night.png'
FILM = 'The whole regatta.mkv'
SPOKEN = {*QUESTION, *NOTES.values(), PHOTOGRAPHS, PAINTING}


def write_registrations(user):
    folder = user.folder / 'data/beckon/peers'
    folder.mkdir(parents=True, exist_ok=True)
    for name, (guid, comment, icon, channel) in APPLICATIONS.items():
        if name not in LACKS.get(user.name, ()):
            (folder / f'{guid}.peer').write_text(
                f'[Beckon Peer]\nGUID={guid}\nName={name}\nComment={comment}\nIcon={icon}\nExec=/bin/true\n'
                f'URL=https://{DOMAIN}/{name.lower().replace(" ", "-")}\nChannel={channel}\n', encoding='utf-8')


def arrange(user):
    """Windows as GNOME has them."""
    with open(user.folder / 'config/gtk-4.0/settings.ini', 'a', encoding='utf-8') as settings:
        settings.write('gtk-decoration-layout=appmenu:close\n')


def settle(world):
    """All who live here, except alice; she comes last, to a screen."""
    people = {name: world.user(name) for name in NAMES if name != 'alice'}
    world.open_screen().hands.keep_pixels()
    people['alice'] = world.user('alice')
    people['nora'] = world.user('nora')
    for name in ('alice', 'nora'):
        arrange(people[name])
    for user in people.values():
        if user.name != 'nora':
            write_registrations(user)
        (user.folder / 'Downloads').mkdir()
    world.open()
    for user in people.values():
        user.ctl('settings', f'download-folder={user.folder}/Downloads')
        if user.name not in ('alice', 'nora'):
            user.ctl(*user.account_arguments, '--create', '--display-name', NAMES[user.name],
                     text=user.password + '\n')
    return people


def paint(user):
    if user.name in PICTURES:
        path = user.folder / 'picture.png'
        subprocess.run(['convert', '-size', '128x128', *PICTURES[user.name], str(path)], check=True)
        user.ctl('account', 'avatar', path)


def say(world, people, line):
    days, clock, who, text = line
    world.ago(days, clock)
    if who == 'alice':
        people['alice'].send(people['bob'].address, text)
    else:
        people[who].send(people['alice'].address, text)


def befriend(world, people):
    alice = people['alice']
    world.ago(9, '12:00')
    for name in CONTACTS:
        alice.befriend(people[name])
    for name, (status, message) in PRESENCE.items():
        people[name].ctl('status', status, *(['--message', message] if message else []))
    for group, members in GROUPS.items():
        alice.ctl('group', 'create', group)
        for name in members:
            alice.ctl('group', 'put', group, people[name].address)
    alice.ctl('contact', 'pin', people['bob'].address)
    alice.ctl('contact', 'mute', people['heidi'].address)


def play(world, people, days, clock, application, answer, text=None):
    """An invitation of the past, and what became of it."""
    alice, bob = people['alice'], people['bob']
    world.ago(days, clock)
    session = alice.ctl('invite', bob.address, application, *(['--message', text] if text else []))['id']
    bob.wait('invitation', session=session)
    bob.ctl(answer, session)
    if answer == 'accept':
        alice.wait('session-state=connected', session=session)
        alice.ctl('cancel', session)
    for user in (alice, bob):
        user.wait_session(session)


def send_file(world, people):
    """Bob has sent a file, which has come."""
    alice, bob = people['alice'], people['bob']
    path = bob.folder / FILE
    path.write_bytes(bytes(348160))
    world.ago(0, '09:15')
    session = bob.ctl('send-file', alice.address, path)['id']
    alice.wait('invitation', session=session)
    alice.ctl('accept', session)
    for user in (alice, bob):
        user.wait_session(session)


def talk(world, people):
    """What alice and bob have said and done until now."""
    for line in TALK[:4]:
        say(world, people, line)
    play(world, people, 1, '19:31', 'Chess', 'accept')
    play(world, people, 1, '21:40', 'Jam Session', 'decline', NOTES['Jam Session'])
    for line in TALK[4:6]:
        say(world, people, line)
    send_file(world, people)
    for line in TALK[6:]:
        say(world, people, line)


def live(world, people):
    """All that has happened to alice until now."""
    alice = people['alice']
    alice.ctl(*alice.account_arguments, '--create', '--display-name', NAMES['alice'], text=alice.password + '\n')
    for user in people.values():
        paint(user)
    befriend(world, people)
    for line in LAST_WORDS[1:3]:
        say(world, people, line)
    for line in LAST_WORDS[3:]:
        if line[2] not in ('carol', 'judy'):
            say(world, people, line)
    world.ago(0, '15:02')
    people['grace'].ctl('contact', 'add', alice.address, '--message', REQUEST)
    alice.wait(f'contact={people["grace"].address}:asking')
    people['frank'].ctl('status', 'invisible')
    world.ago()


def freshen(world, people):
    """What a walk changes is as it was before: carol and judy have not been read, and nothing has been done with some others."""
    alice = people['alice']
    for name in ('bob', 'carol', 'dave', 'erin', 'judy'):
        alice.ctl('history', 'clear', people[name].address)
    (alice.folder / 'Downloads' / FILE).unlink(missing_ok=True)
    talk(world, people)
    for line in LAST_WORDS:
        if line[2] in ('carol', 'dave', 'judy'):
            say(world, people, line)
    world.ago()
