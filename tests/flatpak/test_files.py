#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files out of the sandbox and into it: where they are put, by whom they are shown, and how others choose them."""
import contextlib
import os

import box  # noqa: F401 finds the modules of tests/e2e
import tap
from couples import couple, leave
from documents import Documents
from gi.repository import GLib
from processes import LIMIT
from world import SERVICE, SESSIONS

TEXT = b'Dear Bob\n' * 1000
DOWNLOADS = 'Geholt'  # as somebody may have called it
RUN = '/usr/bin/flatpak run --nofilesystem=xdg-download --command=/app/libexec/beckon-service im.beckon.Beckon'
REFUSAL = 'Beckon runs in a sandbox and was not given the folder'


def name_downloads(bob):
    """Bob has a folder for downloads, which he or his desktop named."""
    home = bob.folder / 'home'
    (home / DOWNLOADS).mkdir()
    (home / '.config').mkdir(exist_ok=True)
    (home / '.config/user-dirs.dirs').write_text(f'XDG_DOWNLOAD_DIR="$HOME/{DOWNLOADS}"\n', encoding='utf-8')


def downloads(bob):
    return bob.user.folder / 'home' / DOWNLOADS


def offer(alice, bob, name='letter.txt', shown='letter.txt'):
    """Alice sends bob a file; returns the number of its session when bob's card asks about it."""
    path = alice.user.folder / name
    path.write_bytes(TEXT)
    session = alice.user.ctl('send-file', bob.user.address, path)['id']
    bob.last_card(shown, 'Waiting for your answer')
    return session


def press_on_card(bob, name, button):
    bob.press(button, within=bob.last_card(name))


def is_received(alice, bob, session, path, name='letter.txt'):
    bob.last_card(name, 'Received')
    alice.user.wait_session(session)
    assert path.read_bytes() == TEXT, path
    assert path.stat().st_mode & 0o777 == 0o600, oct(path.stat().st_mode)


def is_that(portals, method, path):
    """The portal was given this very file."""
    portals.wait_call(method, LIMIT)
    assert os.path.samestat(portals.files[method], path.stat()), (method, path)


def test_received():
    """Into the folder for downloads, beside what is there already, under names that do no harm; opened from there."""
    with couple('OpenURI', prepare=name_downloads) as (_world, alice, bob):
        folder, portals = downloads(bob), bob.user.portals
        (folder / 'letter.txt').write_text('older', encoding='utf-8')
        session = offer(alice, bob)
        press_on_card(bob, 'letter.txt', 'Accept')
        is_received(alice, bob, session, folder / 'letter (2).txt')
        press_on_card(bob, 'letter', 'Open')
        is_that(portals, 'OpenFile', folder / 'letter (2).txt')
        press_on_card(bob, 'letter', 'Show in Folder')
        is_that(portals, 'OpenDirectory', folder / 'letter (2).txt')
        session = offer(alice, bob, '.profile', 'profile')
        press_on_card(bob, 'profile', 'Accept')
        alice.user.wait_session(session)
        names = {path.name for path in folder.iterdir()}
        assert len(names) == 3 and 'profile' in names, names
        assert (folder / 'letter.txt').read_text(encoding='utf-8') == 'older'


@contextlib.contextmanager
def couple_with_documents(prepare):
    """Bob has a file chooser, as desktops do. It answers what the test says."""
    documents = []

    def prepare_both(bob):
        prepare(bob)
        documents.append(Documents(bob))

    with couple('OpenURI', 'FileChooser', prepare=prepare_both) as (_world, alice, bob):
        try:
            yield alice, bob, documents[0]
        finally:
            documents[0].close()


def choose(bob, uri):
    """What the file chooser answers from now on."""
    bob.user.portals.answers['OpenFile'] = (0, {'uris': GLib.Variant('as', [uri])})


@contextlib.contextmanager
def preferences(bob):
    bob.desk.key('ctrl+,', window=bob.window)
    window = bob.desk.window('Preferences')
    bob.desk.click('page tab', 'General', within=window)
    yield window
    bob.desk.key('alt+F4', window=window)
    bob.desk.window_gone('Preferences')


def test_sent():
    """What was chosen goes under its own name, not under that of the portal."""
    with couple_with_documents(name_downloads) as (alice, bob, documents):
        path = bob.user.folder / 'home/My report.txt'
        path.write_bytes(TEXT)
        choose(bob, documents.give(path))
        bob.press('Send Files…')
        window = bob.desk.window('Send Files')
        bob.desk.find('label', 'My report.txt', within=window)
        bob.press('Send', within=window)
        alice.last_card('My report.txt', 'Waiting for your answer')
        session = alice.user.ctl('sessions')[0]['id']
        taken = alice.user.ctl('accept', session, '--folder', alice.user.folder, '--wait', 'ended')
        assert (taken['transfer']['name'], taken['transfer']['state']) == ('My report.txt', 'done'), taken
        assert (alice.user.folder / 'My report.txt').read_bytes() == TEXT
        bob.last_card('My report.txt', 'has received')


def test_chosen_folder():
    """What the preferences put files into is known by its name, over the next start of everything."""
    with couple_with_documents(name_downloads) as (alice, bob, documents):
        folder = bob.user.folder / 'home/My photos'
        folder.mkdir()
        choose(bob, documents.give(folder, 'write'))
        with preferences(bob) as window:
            bob.press('Choose a folder', within=window)
            bob.desk.find('label', 'My photos', within=window)
        leave(bob)
        bob.user.stop_service()
        bob.start()
        bob.open('Alice')
        with preferences(bob) as window:
            bob.desk.find('label', 'My photos', within=window)
        session = offer(alice, bob)
        press_on_card(bob, 'letter.txt', 'Accept')
        is_received(alice, bob, session, folder / 'letter.txt')
        press_on_card(bob, 'letter.txt', 'Open')
        bob.user.portals.wait_call('OpenFile', LIMIT)


def take_permission(bob):
    """Somebody wants Beckon to have nothing of the folder for downloads."""
    name_downloads(bob)
    for name in (SERVICE, SESSIONS):
        (bob.folder / 'services' / f'{name}.service').write_text(f'[D-BUS Service]\nName={name}\nExec={RUN}\n',
                                                                 encoding='utf-8')


def test_without_permission():
    """It is said, and nothing is put where nobody would find it; another folder can be chosen for it."""
    with couple_with_documents(take_permission) as (alice, bob, documents):
        folder = bob.user.folder / 'home/Elsewhere'
        folder.mkdir()
        session = offer(alice, bob)
        question = bob.desk.window('File')
        bob.press('Accept', within=question)
        bob.desk.find('alert', lambda name: REFUSAL in name, within=question)
        bob.desk.key('esc', window=question)
        bob.desk.window_gone('File')
        press_on_card(bob, 'letter.txt', 'Accept')
        bob.says(REFUSAL)
        assert alice.user.session(session)['state'] == 'invitation', alice.user.session(session)
        choose(bob, documents.give(folder, 'write'))
        press_on_card(bob, 'letter.txt', 'Save In…')
        is_received(alice, bob, session, folder / 'letter.txt')
        assert not list(downloads(bob).iterdir()), list(downloads(bob).iterdir())


if __name__ == '__main__':
    tap.run([test_received, test_sent, test_chosen_folder, test_without_permission])
