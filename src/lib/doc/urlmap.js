// SPDX-License-Identifier: LGPL-2.1-or-later
baseURLs = [
  ["GObject", "https://docs.gtk.org/gobject/"],
  ["Gio", "https://docs.gtk.org/gio/"],
]
