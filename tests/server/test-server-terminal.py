# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords that an operator types: a terminal does not show them."""
import os
import pty
import resource
import signal
import sys
import tempfile
import termios

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tools'))
import tap  # noqa: E402

PROGRAM = os.path.join(os.environ['BECKON_BUILDDIR'], 'src', 'server', 'beckon-server')


class Terminal:
    """A command of the operator on a terminal of its own."""

    def __init__(self, *words):
        self.shown = ''
        self.process, self.side = pty.fork()
        if self.process == 0:
            os.execv(PROGRAM, [PROGRAM, *words])

    def read(self):
        try:
            text = os.read(self.side, 4096).decode()
        except OSError:  # it has ended
            return False
        self.shown += text
        return text != ''

    def answer(self, question, text):
        while question not in self.shown:
            assert self.read(), self.shown
        self.shown = self.shown.partition(question)[2]
        os.write(self.side, text.encode() + b'\n')

    def end(self):
        """Returns the status of the end, and what was shown since the last answer."""
        while self.read():
            pass
        os.close(self.side)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1]), self.shown


def type_passwords(folder, first, second, *words):
    terminal = Terminal('--database', os.path.join(folder, 'server.db'), *words, '--password-stdin')
    terminal.answer('New password: ', first)
    terminal.answer('The same again: ', second)
    status, shown = terminal.end()
    assert first not in shown and second not in shown, shown
    return status, shown.replace('\r', '').strip()


def test_typed():
    with tempfile.TemporaryDirectory(prefix='beckon-test-') as folder:
        status, shown = type_passwords(folder, 'correct horse', 'correct horse', 'account', 'add', 'alice')
        assert (status, shown) == (0, 'alice@localhost'), (status, shown)
        status, shown = type_passwords(folder, 'battery staple', 'battery staple', 'account', 'password', 'alice')
        assert (status, shown) == (0, 'alice@localhost'), (status, shown)


def test_typing_errors():
    with tempfile.TemporaryDirectory(prefix='beckon-test-') as folder:
        status, shown = type_passwords(folder, 'correct horse', 'correct house', 'account', 'add', 'alice')
        assert status == 1 and 'two different passwords' in shown, (status, shown)
        status, shown = type_passwords(folder, 'short', 'short', 'account', 'add', 'alice')
        assert status == 1 and '6 to 256 characters' in shown, (status, shown)


def shows_what_is_typed(terminal):
    return termios.tcgetattr(terminal)[3] & termios.ECHO != 0


def start_beside(side, folder):
    """The same on a terminal that is there after it, too."""
    process = os.fork()
    if process == 0:
        os.login_tty(side)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.execv(PROGRAM, [PROGRAM, '--database', os.path.join(folder, 'server.db'), 'account', 'add', 'alice',
                           '--password-stdin'])
    return process


def end_at_question(end):
    """Returns how a command has ended that is ended at its question, and whether its terminal shows what is typed."""
    side, other = pty.openpty()
    with tempfile.TemporaryDirectory(prefix='beckon-test-') as folder:
        process = start_beside(other, folder)
        said = ''
        while 'New password: ' not in said:
            said += os.read(side, 4096).decode()
        assert not shows_what_is_typed(other)
        end(process, side)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    shows = shows_what_is_typed(other)
    os.close(side)
    os.close(other)
    return status, shows


def test_broken_off():
    assert end_at_question(lambda process, side: os.write(side, b'\x03')) == (-signal.SIGINT, True)
    assert end_at_question(lambda process, side: os.write(side, b'\x1c')) == (-signal.SIGQUIT, True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        assert end_at_question(lambda process, side, number=number: os.kill(process, number)) == (-number, True)


tap.run([test_typed, test_typing_errors, test_broken_off])
