# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo through the windows of two users side by side. It does only what a person can do with keys, a mouse and a
screen reader, and looks only at what they could see; no program knows that it is a demo."""
import shutil
import signal
import subprocess
import sys
import time

from processes import Failure
from screen import SIZE
from steps import TEXTS, check
from windows import App, Board

HALF = (SIZE[0] // 2 - 10, SIZE[1] - 60)
RED_ENOUGH = 10000  # pixels that the lines leave at the least


class Stage:
    """Two users, each with a half of the screen, and an album of what happened."""

    def __init__(self, world, steps, options):
        self.steps = steps
        self.screen = world.open_screen(options.visible)
        self.album = options.pictures.resolve()
        shutil.rmtree(self.album, ignore_errors=True)
        self.album.mkdir(parents=True)
        self.taken = 0
        self.alice, self.bob = (App(world.user(name)) for name in ('alice', 'bob'))
        self.lefts = {self.alice.user: 5, self.bob.user: SIZE[0] // 2 + 5}

    @property
    def apps(self):
        return self.alice, self.bob

    def done(self, text, picture):
        """A step is done: a line, and a picture."""
        self.steps.done(text)
        self.taken += 1
        path = self.album / f'{self.taken:02}-{picture}.png'
        self.screen.shot(path)
        self.steps.last = time.monotonic()  # taking it is not part of the next step

    def put(self, user, frame, top=30, height=HALF[1]):
        """Puts a window into the half of its user."""
        window = user.desk.raise_window(frame)
        self.screen.hands.place(window, self.lefts[user], top, HALF[0], height)


# ---- the steps ----

def open_windows(stage):
    for app in stage.apps:
        app.start()
        stage.put(app.user, app.window)
        app.desk.find('label', 'Welcome to Beckon')
    stage.done('alice and bob open Beckon for the first time', 'welcome')


def make_accounts(stage):
    for app in stage.apps:
        app.create_account()
        stage.done(f'{app.user.name} makes an account and is online', f'account-{app.user.name}')


def make_contacts(stage):
    alice, bob = stage.apps
    alice.add_contact(bob.user.address, 'Hello, it is Alice')
    bob.row('Alice', 'Hello, it is Alice')
    stage.done('alice asks bob to become a contact, bob sees the request', 'request')
    bob.approve('Alice')
    alice.row('Bob', 'Online')
    bob.row('Alice', 'Online')
    stage.done('bob approves, they see each other online', 'contacts')


def chat(stage):
    alice, bob = stage.apps
    alice.open('Bob')
    bob.open('Alice')
    alice.say(TEXTS[0])
    bob.reads(TEXTS[0])
    for text in TEXTS[1:]:
        bob.say(text)
        alice.reads(text)
    stage.done('messages both ways, with quotes, emoji, line ends', 'chat')


def meet_at_the_board(stage):
    """The main job. Returns the two boards."""
    alice, bob = stage.apps
    alice.invite('Whiteboard')
    bob.invitation('Alice invites you to Whiteboard')
    alice.last_card('Their device is ringing')
    stage.done('alice picks Whiteboard from the menu Invite: it rings at bob’s, and alice sees that', 'invitation')
    hands = stage.screen.hands
    accept = bob.desk.find('push button', 'Accept', within=bob.invitation())
    began = time.monotonic()
    bob.desk.activate(accept)
    hands.wait(lambda: sum(hands.title(window).startswith(Board.TITLE) for window in hands.windows()) == 2,
               'the two whiteboards did not come up')
    seconds = time.monotonic() - began
    boards = [Board(app.user) for app in stage.apps]
    stage.steps.done('bob accepts, both whiteboards are open')
    stage.steps.note(f'Accept → both boards visible: {seconds * 1000:.0f} ms')
    for board in boards:
        stage.put(board.user, board.window)
        board.is_connected()
    stage.done('the whiteboards have found each other', 'boards')
    return boards


def draw(stage, boards):
    alices, bobs = boards
    alices.choose('Red')
    corners = [(0.15 + step / 10, 0.3 if step % 2 else 0.7) for step in range(8)]
    for line in zip(corners, corners[1:]):
        alices.draw(line)
    alices.draw([(0.5, 0.5)])  # what is drawn last arrives last: then the lines are there, to their ends
    bobs.has_strokes(len(corners))
    stage.done('alice draws with the mouse, and bob sees it', 'drawing')
    path = bobs.user.folder / 'home/from alice.png'
    bobs.export(path)
    red, width = look_for_red(path)
    check(red >= RED_ENOUGH and width >= 0.6, f'bob’s picture shows {red} red pixels over {width:.0%} of its width')
    shutil.copy(path, stage.album / 'bobs-picture.png')
    stage.done(f'bob exports the board: {red} red pixels over {width:.0%} of the width of his picture', 'exported')


def look_for_red(path):
    """How many pixels of a picture are red, and over how much of its width they go."""
    size = subprocess.run(['identify', '-format', '%w %h', path], check=True, capture_output=True, text=True)
    width, _height = map(int, size.stdout.split())
    raw = subprocess.run(['convert', path, '-depth', '8', 'rgb:-'], check=True, capture_output=True).stdout
    columns = [at // 3 % width for at in range(0, len(raw), 3) if raw[at] > 160 and max(raw[at + 1:at + 3]) < 96]
    return len(columns), (max(columns) - min(columns)) / width if columns else 0


def part(stage, boards):
    alice, bob = stage.apps
    boards[1].close()
    boards[0].desk.find(None, lambda name: 'You can go on drawing' in name)
    alice.last_card('Bob closed Whiteboard.')
    bob.last_card('Whiteboard was closed.')
    stage.done('bob closes his board: the session is over, and alice keeps her drawing', 'ended')
    boards[0].close()


def decline(stage):
    alice, bob = stage.apps
    alice.invite('Whiteboard')
    bob.answer('Decline')
    alice.last_card('Bob declined.')
    stage.done('alice invites, bob declines: alice reads it', 'declined')


def cancel(stage):
    alice, bob = stage.apps
    alice.invite('Whiteboard')
    bob.invitation()
    alice.press('Cancel', within=alice.last_card('Their device is ringing'))
    bob.desk.window_gone('Invitation')
    bob.last_card('Alice cancelled.')
    stage.done('alice invites and cancels while it rings: the question is gone, bob reads why', 'cancelled')


def cancel_in_dialog(stage):
    alice, bob = stage.apps
    alice.invite('Whiteboard')
    bob.answer('Cancel')
    alice.last_card('Bob cancelled.')
    stage.done('alice invites, bob presses Cancel in the dialog: alice reads that', 'dialog-cancelled')


# ---- all of it ----

def keep(stage):
    print('\nEverything is open and works on.' + ('' if stage.screen.is_visible else
          f' The screen is {stage.screen.environment["DISPLAY"]}.') + ' Enter or Ctrl-C ends it.', flush=True)
    sys.stdin.readline()


def play(world, steps, options):
    steps.done(f'beckon-server at {world.address} with a fresh database')
    stage = Stage(world, steps, options)
    try:
        open_windows(stage)
        make_accounts(stage)
        make_contacts(stage)
        chat(stage)
        boards = meet_at_the_board(stage)
        draw(stage, boards)
        part(stage, boards)
        decline(stage)
        cancel(stage)
        cancel_in_dialog(stage)
    except Failure:
        stage.screen.shot(stage.album / 'failed.png')
        raise
    finally:
        print(f'Pictures of the steps: {stage.album}', flush=True)
    signal.alarm(0)
    if options.keep:
        keep(stage)
    if options.verbose:
        world.show_logs(sys.stdout)
