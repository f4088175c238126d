# SPDX-License-Identifier: GPL-2.0-only
"""How charts look: colours, fonts, sizes, and gnuplot, which draws a picture as SVG and as PNG. Charts have nothing of this of their own.

Colours are those of Okabe and Ito (Color Universal Design, 2008), which the colour-blind tell apart. No chart relies on them alone: series have
points and dashes of their own, bars stand in a fixed order, and what is compared is also dark beside light, so that a grey print can be read.
"""

import html
import os
import re
import subprocess
import tempfile

from . import tools
from .errors import KnError

BLACK, ORANGE, SKY, GREEN = '#000000', '#e69f00', '#56b4e9', '#009e73'
YELLOW, BLUE, VERMILLION, PURPLE = '#f0e442', '#0072b2', '#d55e00', '#cc79a7'
INK, MUTED, GRID = '#1f2328', '#59636e', '#e4e7eb'         # text, text of less weight, lines of a grid
THEIRS = '#a9b4c0'                                          # the reference, beside this kernel in a colour
ON_COLOUR = '#fefefe'                                       # text in a bar
ON_LIGHT = '#111417'                                        # text on a light colour
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)     # one after the other; with POINTS and DASHES of the same index
POINTS = (7, 5, 9, 13, 11, 6)                               # gnuplot: disc, square, triangles, diamond, square
DASHES = ('1', '(9,4)', '(2,3)', '(12,4,2,4)', '(6,3)', '(14,5)')
ARCH = {'x86_64': (BLUE, '#b3d4e8'), 'aarch64': (VERMILLION, '#f5cfb0')}    # this kernel, the reference
OTHER_ARCH = (GREEN, '#b3e0d3')
LEVELS = {'none': THEIRS, 'branch': SKY, 'return': ORANGE, 'full': BLUE}    # of control-flow protection
# Light to dark, one hue: also in grey, more is darker
HEAT = ('#f3f8fc', '#cfe3f1', '#93c4e0', '#4a9bcb', '#0071b1', '#004c78', '#00304d')    # 0071b1: not BLUE, which is another one in the dark

FONT = 'DejaVu Sans'
TITLE, HEADING, TEXT, SMALL, TINY = 17, 13, 11, 10, 8.5     # points
WIDTH = 1200                                                # pixels
LEFT = 0.025                                                # where titles begin, on the screen
SVG = 'svg size %d,%d dynamic fontscale 1.28 font "%s,12"'    # a point of text as large as in the PNG


def arch_colours(arch):
    """(this kernel, the reference)"""
    return ARCH.get(arch, OTHER_ARCH)


def escape(text):
    """For a gnuplot string in double quotes, enhanced mode off."""
    return text.replace('\\', '\\\\').replace('"', '\\"')


def look(size, colour, bold=False):
    """How a text looks, for a label, a tic or an axis."""
    return 'font "%s%s,%s" textcolor rgb "%s"' % (FONT, ':Bold' if bold else '', size, colour)


def plain_number(value):
    """Thousands apart; one decimal where there is one."""
    text = '{:,}'.format(value if value == int(value) else round(value, 1)).replace(',', ' ')
    return text.removesuffix('.0')


def percent(ratio):
    """'46 %'; more exactly where that would be nothing."""
    value = 100 * ratio
    return '%s %%' % (plain_number(round(value)) if value >= 0.95 or not value else '%.1g' % value)


def breadth(text, size=TEXT):
    """About how many pixels wide a text is."""
    return sum(10.5 if c.isupper() else 8 for c in text) * size / 11


class Script:
    """Lines of a gnuplot script of one picture, `height` pixels high. Places are screen coordinates: 0, 0 is the lower left corner."""

    def __init__(self, height, width=WIDTH):
        self.lines, self.blocks, self.subject = ['set multiplot'], 0, ''
        self.width, self.height, self.gap = width, height, 22 / height      # gap: between a panel and its title

    def add(self, *lines):
        self.lines += lines

    def down(self, pixels):
        """y on the screen, so many pixels below the upper edge."""
        return 1 - pixels / self.height

    def label(self, text, x, y, more=''):
        self.add('set label "%s" at %s, %s noenhanced front %s' % (escape(text), x, y, more))

    def title(self, text, top):
        """Above a panel whose upper edge is `top`."""
        self.label(text, 'graph 0', 'screen %.5f' % (top + self.gap), 'left ' + look(HEADING, INK, True))

    def canvas(self):
        """What is written from here on stands on the whole picture, until finish()."""
        self.add('reset', 'unset border', 'unset tics', 'unset key', 'set margins 0,0,0,0', 'set xrange [0:1]', 'set yrange [0:1]')

    def finish(self):
        self.add('plot NaN notitle')

    def heading(self, title, said, x=LEFT):
        """Title, which names the picture, and the line below it; the canvas is open behind it."""
        self.subject = title
        self.canvas()
        self.label(title, 'screen %g' % x, 'screen %.5f' % self.down(26), 'left ' + look(TITLE, INK, True))
        self.label(said, 'screen %g' % x, 'screen %.5f' % self.down(52), 'left ' + look(TEXT, MUTED))

    def swatch(self, x, y, colour, fill='solid 1.0'):
        """A square of 14 pixels, its left edge at x, its middle at y."""
        self.add('set object rectangle from screen %.4f, screen %.5f to screen %.4f, screen %.5f fc rgb "%s" fs %s border lc rgb "%s" front'
                 % (x, y - 7 / self.height, x + 14 / self.width, y + 7 / self.height, colour, fill, colour))

    def key(self, entries, x, y):
        """Swatches with their names, from left to right; entries are (name, colour, fill). Returns x behind the last one."""
        for name, colour, fill in entries:
            self.swatch(x, y, colour, fill)
            self.label(name, 'screen %.4f' % (x + 20 / self.width), 'screen %.5f' % y, 'left ' + look(TEXT, INK))
            x += (20 + breadth(name) + 22) / self.width
        return x

    def line_key(self, entries, x, y):
        """As key, for lines; entries are (name, style of the line, style of its point)."""
        for name, line, point in entries:
            self.add('set arrow from screen %.4f, screen %.5f to screen %.4f, screen %.5f nohead front %s' % (x, y, x + 34 / self.width, y, line))
            self.label('', 'screen %.4f' % (x + 17 / self.width), 'screen %.5f' % y, 'point ' + point)
            self.label(name, 'screen %.4f' % (x + 42 / self.width), 'screen %.5f' % y, 'left ' + look(TEXT, INK))
            x += (42 + breadth(name) + 22) / self.width
        return x

    def panel(self, top, bottom, left, right):
        """Begins a plot between these edges."""
        self.add('reset', 'unset key', 'set style fill solid 1.0 noborder',
                 'set tmargin at screen %.5f' % top, 'set bmargin at screen %.5f' % bottom,
                 'set lmargin at screen %.4f' % left, 'set rmargin at screen %.4f' % right)

    def axes(self, border=3):
        """Axes of a plot of lines: 1 the lower one, 2 the left one; a grid behind it."""
        self.add('set border %d lc rgb "%s"' % (border, MUTED), 'set tics nomirror out scale 0.4 ' + look(SMALL, MUTED),
                 'set grid xtics ytics lc rgb "%s" lt 1' % GRID)

    def block(self, lines):
        """Data; returns its name."""
        self.blocks += 1
        self.add('$D%d << EOD' % self.blocks, *lines, 'EOD')
        return '$D%d' % self.blocks

    def draw(self, styles, data, using):
        """plot: for each list of lines in data one style of the same index."""
        names = [self.block(lines) for lines in data]
        self.plot(['%s using %s with %s' % (name, using, style) for name, style in zip(names, styles)])

    def plot(self, parts):
        self.add('plot ' + ', '.join(parts))


def floor_of(values):
    """Where a log axis starts: a power of ten, or half of it when the smallest value would leave no bar to see."""
    low = 10 ** (len(str(int(min(values)))) - 1)
    return low / 2 if min(values) < 2 * low else low


def grid_step(most):
    """Of the lines of a grid: few, so that they hardly cross what is written on the bars."""
    power = 10 ** (len(str(int(most / 4))) - 1)
    return next(power * n for n in (1, 2, 2.5, 5, 10) if power * n * 4 >= most)


def gnuplot(script, terminal, name):
    """Has gnuplot draw the picture into the file `name`."""
    tools.need('gnuplot')
    text = '\n'.join(['set encoding utf8', 'set terminal ' + terminal, 'set output "%s"' % escape(name)]
                     + script.lines + ['unset multiplot', 'set output']) + '\n'
    done = subprocess.run(['gnuplot', '-'], input=text, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if line.strip() and 'warning' not in line.lower()]
    if done.returncode or not os.path.exists(name):
        raise KnError('gnuplot failed for %s: %s' % (name, (said or ['no reason given'])[-1].strip()))


def picture(script, out):
    """Draws OUT.svg and OUT.png; returns their names."""
    out = re.sub(r'\.(svg|png)$', '', out)
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    for suffix, terminal in (('svg', SVG + ' background "white"'),
                             ('png', 'pngcairo size %d,%d font "%s,12" background "white"')):
        gnuplot(script, terminal % (script.width, script.height, FONT), '%s.%s' % (out, suffix))
    with open(out + '.svg', encoding='utf-8') as file:
        text = tidy(file.read())
    with open(out + '.svg', 'w', encoding='utf-8') as file:
        file.write(text)
    return [out + '.svg', out + '.png']


def tidy(text):
    """gnuplot's SVG with fonts as SVG spells them, others where there is no DejaVu, and without identifiers that occur twice."""
    text = re.sub(r'font-family="([^":]+)(:Bold)?"', lambda m: 'font-family="%s, Verdana, sans-serif"%s' % (m[1], ' font-weight="bold"' if m[2] else ''), text)
    return re.sub(r'<g id="gnuplot_[^"]*"\s*>', '<g>', text)


def inline(script, name):
    """The picture as an <svg> for a page: no background, identifiers that begin with `name`, and each colour of this file as a property
    --c-RRGGBB of CSS with that colour as its default, so that a page may have others where it is dark."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'chart.svg')
        gnuplot(script, SVG % (script.width, script.height, FONT), path)
        with open(path, encoding='utf-8') as file:
            text = tidy(file.read())
    text = re.sub(r'<title>.*?</title>|<desc>.*?</desc>|<text></text>', '', text[text.index('<svg'):], flags=re.S)
    text = text.replace('<svg', '<svg role="img" aria-label="%s"' % html.escape(script.subject), 1)
    text = re.sub(r"""\bid=(["'])([^"']+)""", r'id=\1%s-\2' % name, text)
    text = re.sub(r"url\(#|xlink:href='#", lambda m: m[0] + name + '-', text)
    text = re.sub(r'\n\s*\n+', '\n', text)
    return re.sub(r'rgb\(\s*(\d+),\s*(\d+),\s*(\d+)\s*\)', property_of, text)


def property_of(match):
    colour = '%02x%02x%02x' % tuple(int(n) for n in match.groups())
    return 'var(--c-%s,#%s)' % (colour, colour)
