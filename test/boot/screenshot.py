# SPDX-License-Identifier: GPL-2.0-only
"""Reads a picture of an emulator's screen back as text, by the font that the root tasks draw with (user/font.c)."""

import os
import re

import monitor

FONT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'user', 'font.c')
FIRST, WIDTH, HEIGHT = 0x20, 8, 16


def font():
    """{lines of a character: the character}"""
    with open(FONT, encoding='ascii') as file:
        rows = re.findall(r'\{ ((?:0x[0-9a-f]{2}, ){15}0x[0-9a-f]{2}) \}', file.read())
    glyphs = {bytes(int(value, 16) for value in row.split(', ')): chr(FIRST + i) for i, row in enumerate(rows)}
    if len(rows) != 0x7f - FIRST or len(glyphs) != len(rows):
        raise ValueError('%s has %d characters, %d of them different' % (FONT, len(rows), len(glyphs)))
    return glyphs


def pixels(path):
    """(width, height, bytes) of a picture in the format PPM, three bytes for a pixel"""
    with open(path, 'rb') as file:
        data = file.read()
    head = re.match(rb'P6\s+(\d+)\s+(\d+)\s+255\s', data)
    return int(head[1]), int(head[2]), data[head.end():]


def cell(glyphs, data, stride, at):
    """The character of a cell; ~ if it is none of the font"""
    lines = [data[at + y * stride:at + y * stride + 3 * WIDTH] for y in range(HEIGHT)]
    back = lines[0][:3]
    if all(line == back * WIDTH for line in lines):
        return ' '
    bits = bytes(sum(0x80 >> x for x in range(WIDTH) if line[3 * x:3 * x + 3] != back) for line in lines)
    colours = {line[3 * x:3 * x + 3] for line in lines for x in range(WIDTH)}
    return glyphs.get(bits, '~') if len(colours) == 2 else '~'


def text(path):
    """The lines of the screen"""
    glyphs = font()
    width, height, data = pixels(path)
    return [''.join(cell(glyphs, data, 3 * width, 3 * (y * width + x)) for x in range(0, width - WIDTH + 1, WIDTH)).rstrip()
            for y in range(0, height - HEIGHT + 1, HEIGHT)]


def take(socket, path):
    """Writes what QEMU shows, as path.ppm and path.png. socket: of its QMP."""
    with monitor.connected(socket) as command:
        command('screendump', filename=path + '.ppm')
        command('screendump', filename=path + '.png', format='png')
