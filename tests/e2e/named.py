# SPDX-License-Identifier: GPL-3.0-or-later
"""What everything on the screen says of itself to those who cannot see it: checked wherever a picture is taken."""
from processes import Failure

BUTTONS = {'push button', 'toggle button', 'radio button'}
CONTROLS = BUTTONS | {'check box', 'text', 'entry', 'password text', 'spin button', 'combo box', 'list item', 'menu item',
                      'check menu item', 'radio menu item', 'slider', 'link', 'progress bar', 'page tab', 'list'}
TARGET = 24  # pixels that a button has at least for what is on it: with what is around that, 34 for a finger
SAID = CONTROLS | {'image', 'label'}
QUESTIONS = {'dialog', 'alert'}
WINDOWS = QUESTIONS | {'frame'}
FOREIGN = {'Show Text', 'Hide Text', 'Show Password', 'Hide Password'}  # libadwaita's
TYPES = ('Gtk', 'Adw', 'BkApp')


def is_named(node):
    """GTK 4.8 gives what has no name that of its type."""
    return bool(node.name.strip()) and not node.name.startswith(TYPES)


def is_stand_in(node):
    """What GTK and libadwaita put around a control that tells its name itself: a menu button is two nodes, an
    expander is a row in a list in a row, a group of rows is a list without a name."""
    return any(child.role in BUTTONS for child in node.children) or (node.role in ('list', 'list item')
                                                                    and 'focused' not in node.states
                                                                    and not is_own(node))


def is_own(node):
    return node.role == 'list item' and 'focusable' in node.states


def is_answer(node):
    """The question itself says what is missing for it."""
    return any(above.role in QUESTIONS for above in node.ancestors())


def problems_of(node):
    """What is wrong with one node; nothing that asks the program."""
    if node.role in CONTROLS and not is_named(node) and not is_stand_in(node):
        yield 'has no name'
    if node.role in BUTTONS and node.told != node.name:
        yield f'has its name twice: “{node.told}”'
    if node.role == 'image' and node.description not in ('', *FOREIGN) and not is_named(node):
        yield f'has no name but “{node.description}”'
    if node.role in BUTTONS and 'sensitive' not in node.states and not node.description and not is_answer(node):
        yield 'cannot be pressed and does not say why'
    if node.role == 'list item' and (left := unsaid(node)):
        yield f'does not say {left}'


def unsaid(row):
    """The words of a row that are neither in its name nor in its description, nor in what in it has the keyboard; of
    a longer text a part may be shown."""
    said = f'{row.told} {row.description}'
    return [label.name for label in labels(row)
            if is_named(label) and not is_initials(label.name) and label.name.strip('…') not in said]


def is_initials(name):
    """What stands for the picture of somebody whose name is beside it."""
    return len(name) <= 2 and name.isalpha() and name.isupper()


def labels(node):
    for child in node.children:
        if child.role == 'label' and 'focusable' not in child.states:
            yield child
        elif 'focusable' not in child.states:
            yield from labels(child)


def twins(node):
    """Names that more than one button beside each other has."""
    names = [child.name for child in node.children if child.role in BUTTONS]
    return {name for name in names if names.count(name) > 1}


def place_of(node):
    """What cannot be used is not found at its place: what it is in is."""
    return node if 'sensitive' in node.states or node.parent is None else node.parent


def find_shown(desk, frame):
    """node → its height, of what is on the screen."""
    said = [node for node in frame.walk() if node.role in SAID]
    nodes = [*said, *map(place_of, said)]
    sight = desk.sight(frame, nodes)
    shown = sight.on_top(list(map(place_of, said)))
    return {node: sight.places[node.path][3] for node in said
            if place_of(node).path in shown and sight.places[node.path][2] > 0}


def check_named(desk, frame, what):
    """Of what is shown, with the windows and menus that are open over a frame."""
    shown = find_shown(desk, frame)
    found = [] if frame.role in WINDOWS else [f'the window {frame} does not say that it is one']
    for node, height in shown.items():
        found += [f'{node} {problem}' for problem in problems_of(node)]
        if node.role in BUTTONS and height < TARGET:
            found.append(f'{node} is {height} high')
    paths = {node.path for node in shown}
    for node in frame.walk():
        for name in twins(node):
            if sum(child.name == name and child.path in paths for child in node.children) > 1:
                found.append(f'there are two “{name}” beside each other')
    if found:
        raise Failure(f'{what}: ' + '; '.join(found))
