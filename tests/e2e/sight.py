# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the things in a window are, and which of them are on top."""
from gi.repository import GLib

from accessible import ATSPI

COMPONENT = ATSPI + 'Component'
WINDOW = 1  # the places that are asked for are within the window
POPOVER = 'GtkPopoverContent'  # in GTK 4.8, which gives what has no name that of its type
NOWHERE = (0, 0, 0, 0)  # x, y, width, height


def spots(place):
    """Where something is looked for: pictures in its middle tell nobody whose they are, its corners may be round."""
    x, y, width, height = place
    return [(x + width // 2, y + height // 2), (x + 1, y + height // 2), (x + width - 2, y + height // 2),
            (x + width // 2, y + 1), (x + 1, y + 1)]


def within():
    return GLib.Variant('(u)', (WINDOW,))


def is_away(place, other):
    """Whether less than half of the smaller of the two is where the other is."""
    (x, y, width, height), (left, top, wide, high) = place, other
    common = max(0, min(x + width, left + wide) - max(x, left)) * max(0, min(y + height, top + high) - max(y, top))
    return 2 * common < min(width * height, wide * high)


def begins_before(place, other):
    """Whether it begins above and left of what it is in: it is hidden, and was given no place there."""
    return place[0] < other[0] - 1 and place[1] < other[1] - 1


def has_area(place):
    return place[2] > 0 and place[3] > 0


def is_in(spot, place):
    return 0 <= spot[0] - place[0] < place[2] and 0 <= spot[1] - place[1] < place[3]


class Sight:
    """Where nodes of a window were when it was made. To ask for one after the other would take far longer."""

    def __init__(self, bus, frame, nodes):
        self.bus = bus
        self.frame = frame
        self.known = {node.path: node for node in frame.walk()}
        self.parents = {}  # of what is not among the nodes of the window
        places = bus.ask_all(frame.bus, {node.path: (node.path, COMPONENT, 'GetExtents', within()) for node in nodes})
        self.places = {path: answer[0] if answer else NOWHERE for path, answer in places.items()}
        self.has_types = any(node.name.startswith('Gtk') for node in frame.walk())

    def on_top(self, nodes):
        """The paths of those of the nodes that are on top at one of their spots, and of all that these are in."""
        if not self.has_types:
            return self.in_sight(nodes)
        wide = [node for node in nodes if self.places[node.path][2] > 0]
        # A popover is a surface of its own, in the tree while it is open.
        shown = {node.path for node in wide if any(above.name == POPOVER for above in node.ancestors())}
        for number in range(len(spots(NOWHERE))):
            at = {spots(self.places[node.path])[number] for node in wide if node.path not in shown}
            for path in self.pick(at):
                shown.update(self.chain(path))
        return shown

    def in_sight(self, nodes):
        """The same for GTK 4.18: what is hidden is not in its tree, and what it finds at a place may be out of sight. All
        that is not scrolled away is on top."""
        self.look_at({one.path for node in nodes for one in node.ancestors()})
        return {node.path for node in nodes if self.is_in_sight(node)}

    def is_in_sight(self, node):
        left = spots(self.places[node.path]) if has_area(self.places[node.path]) else []
        for here in (node, *node.ancestors()):
            if not left or self.is_popover(here):
                break
            place = self.places[here.parent.path] if here.parent is not None else NOWHERE
            if here.parent is not None and (not has_area(place) or begins_before(self.places[here.path], place)):
                return False
            if here.parent is not None and here.parent.role == 'scroll pane':
                left = [spot for spot in left if is_in(spot, place)]
        return bool(left)

    def look_at(self, paths):
        asked = paths - set(self.places)
        found = self.bus.ask_all(self.frame.bus, {path: (path, COMPONENT, 'GetExtents', within()) for path in asked})
        self.places |= {path: answer[0] if answer else NOWHERE for path, answer in found.items()}

    def inside(self):
        """Where what is in the window begins and how wide it is; None if that is not known. GTK 4.18 counts the border
        to the window, and what a bar has as its own."""
        x, _y, width, _height = self.places[self.frame.path]
        if width == 0:
            return None
        return (x, width) if self.has_types else (x - 1, width + 2 * x + 1)

    def is_in_popover(self, node):
        if not self.has_types:
            self.look_at({one.path for one in node.ancestors()})
        return any(above.name == POPOVER or not self.has_types and self.is_popover(above) for above in node.ancestors())

    def is_popover(self, node):
        """A menu, or what is away from what it belongs to."""
        return node.role == 'menu' or (node.parent is not None and has_area(self.places[node.path]) and bool(
            node.children) and is_away(self.places[node.path], self.places[node.parent.path]))

    def pick(self, places):
        """The paths of what is there, the innermost; and what they are in is known."""
        found = self.bus.ask_all(self.frame.bus, {
            place: (self.frame.path, COMPONENT, 'GetAccessibleAtPoint', GLib.Variant('(iiu)', (*place, WINDOW)))
            for place in places})
        paths = {answer[0][1] for answer in found.values() if answer}
        self.find_parents(paths)
        return paths

    def find_parents(self, paths):
        """Of what is not among the nodes, up to one that is."""
        while unknown := {path for path in paths if not self.is_known(path)}:
            self.parents |= {**dict.fromkeys(unknown), **self.bus.parents(self.frame.bus, unknown)}
            paths = {self.parents[path] for path in unknown}

    def is_known(self, path):
        return path is None or path in self.known or path in self.parents or path.endswith(('/null', '/root'))

    def chain(self, path):
        """The paths of something and of all that it is in, from the innermost outwards."""
        while path in self.parents:
            yield path
            path = self.parents[path]
        if path in self.known:
            yield path
            yield from (node.path for node in self.known[path].ancestors())
