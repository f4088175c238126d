#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of kn report and of the charts of kn plot --chart: the page as headless Chromium shows it, figures against the results, percentiles.

The results are the recorded ones of results/26.48.3 and a run with spread that is made here. Run: test/tools/test_report.py"""

import copy
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import browser
import fakelog                                              # also makes knlib known
from knlib import chart_latency, chart_ratios, chart_stages, pair, report, samples, store, style, table, tools

KN = os.path.join(tools.SCRIPTS, 'kn')
RELEASE = os.path.join(tools.TOP, 'results', '26.48.3')
X86, ARM = (os.path.join(RELEASE, m, c + '.json') for m, c in (('qemu-q35-icount', 'x86_64-gcc-none'), ('qemu-virt-icount', 'aarch64-gcc-none')))
STAGES = (('caller', 2), ('call.entry', 16), ('call.look-up', 24), ('call.copy', 7), ('call.switch', 3), ('call.exit', 16), ('server', 3),
          ('reply.entry', 16), ('reply.look-up', 10), ('reply.copy', 7), ('reply.switch', 3), ('reply.exit', 16), ('trace-points', 294))


def kn(*args, code=0):
    done = subprocess.run([sys.executable, KN, *args], capture_output=True, text=True, check=False)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def spread_out(document):
    """A result of a machine with noise: 20,000 samples, a tail, and a noisy variant that is four times as long."""
    made = copy.deepcopy(document)
    made.update(machine='lab', ticks_are='tsc', configuration='x86_64-gcc-noise')
    calm = next(b for b in made['benchmarks'] if b['name'] == 'ipc.cross.w1')
    cold = next(b for b in made['benchmarks'] if b['name'] == 'ipc.cross.w1.cold')
    runs = [[400 + 2 * n, 190] for n in range(100)] + [[900, 900], [2500, 90], [9000, 9], [70001, 1]]
    made['benchmarks'] = [fakelog.with_samples(calm, runs), fakelog.with_samples(cold, [[4 * v, c] for v, c in runs])]
    return made


def traced_result(document):
    made = copy.deepcopy(document)
    bench = fakelog.with_samples(next(b for b in made['benchmarks'] if b['name'] == 'ipc.same.w1'), [[417, 100]])
    bench.update(name='trace.same.w1', group='trace', stages=[{'name': n, 'samples': [[v, 100]]} for n, v in STAGES])
    made.update(benchmarks=[bench], configuration='x86_64-gcc-traced')
    made['meta']['kernel_cmdline'] = 'kernel.elf32~serial~trace=ipc'
    return made


class Folder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        document = store.read(X86)
        cls.noisy, cls.traced = (os.path.join(cls.dir, 'results/26.48.3', m, c + '.json') for m, c in (('lab', 'x86_64-gcc-noise'), ('q', 'x86_64-gcc-traced')))
        store.write(spread_out(document), cls.noisy)
        store.write(traced_result(document), cls.traced)
        cls.page = os.path.join(cls.dir, 'page.html')
        kn('report', RELEASE, '--more', cls.noisy, cls.traced, '-o', cls.page)
        with open(cls.page, encoding='utf-8') as file:
            cls.text = file.read()


class Chromium(unittest.TestCase):
    def test_nothing_is_left(self):
        """Processes that end late neither stay nor write into the folder while it is removed."""
        with browser.Browser() as one:
            group, folder = one.process.pid, one.folder.name
            late = [process for process in browser.members(group) if process != group]
            self.assertTrue(late)
            for process in late:
                os.kill(process, signal.SIGSTOP)
        self.assertEqual(browser.members(group), [])
        self.assertFalse(os.path.exists(folder))


class InChromium(Folder):
    """The page as it is seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = cls.enterClassContext(browser.Browser())

    def test_loads_alone_and_in_peace(self):
        self.browser.open(self.page)
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.loaded(), ['file://' + self.page])
        self.assertEqual(self.browser.evaluate('document.scripts.length'), 0)

    def test_complaints_are_seen(self):
        bad = os.path.join(self.dir, 'bad.html')
        with open(bad, 'w', encoding='utf-8') as file:
            file.write('<!DOCTYPE html><title>x</title><img src="missing.png"><script>console.error ("said")</script>')
        self.browser.open(bad)
        self.assertTrue(any('said' in c for c in self.browser.complaints()))
        self.assertTrue(any('missing.png' in url for url in self.browser.loaded()))

    def test_every_picture_has_a_size(self):
        self.browser.open(self.page)
        boxes = self.browser.evaluate('''[...document.querySelectorAll('svg, img')].map(e => {
            const b = e.getBoundingClientRect(); return [e.closest('figure').id, b.width, b.height, e.querySelectorAll('text').length]; })''')
        names = {box[0] for box in boxes}
        for name in ('ipc', 'stages-instructions', 'cfp-x86_64-gcc', 'cfp-aarch64-gcc', 'latency-lab-x86_64-gcc-noise', 'heat-lab-x86_64-gcc-noise',
                     'history-x86_64', 'ratios'):
            self.assertIn('fig-' + name, names)
        for name, width, height, texts in boxes:
            self.assertGreater(width, 600, name)
            self.assertGreater(height, 150, name)
            self.assertGreater(texts, 8, name)

    def test_nothing_is_written_outside_its_picture(self):
        self.browser.open(self.page)
        outside = self.browser.evaluate('''[...document.querySelectorAll('svg text')].filter(t => { const b = t.getBoundingClientRect(),
            a = t.closest('svg').getBoundingClientRect(); return b.width && (b.left < a.left - 1 || b.right > a.right + 1 || b.top < a.top - 1 || b.bottom > a.bottom + 1);
            }).map(t => t.textContent)''')
        self.assertEqual(outside, [])

    def test_no_identifier_occurs_twice(self):
        self.browser.open(self.page)
        self.assertEqual(self.browser.evaluate('''[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) != i)'''), [])

    def test_links_lead_somewhere(self):
        self.browser.open(self.page)
        links = self.browser.evaluate('''[...document.querySelectorAll('a')].map(a => [a.getAttribute('href'), a.hash && !!document.getElementById(a.hash.slice(1))])''')
        self.assertGreater(len(links), 15)
        for link, found in links:
            self.assertTrue(found or os.path.exists(os.path.join(self.dir, link)), link)

    def test_read_aloud(self):
        """Pictures and what scrolls have names, and what scrolls is reached by the keyboard; figures of tables have their heads."""
        self.browser.open(self.page)
        self.assertEqual(self.browser.evaluate('[...document.querySelectorAll("svg")].filter(e => e.getAttribute("role") != "img" || !e.getAttribute("aria-label")).length'), 0)
        self.assertEqual(self.browser.evaluate('[...document.querySelectorAll(".scroll, .chart")].filter(e => e.tabIndex || !e.getAttribute("aria-label")).length'), 0)
        self.assertEqual(self.browser.evaluate('[...document.querySelectorAll("th")].filter(e => !e.getAttribute("scope")).map(e => e.textContent)'), [])

    def shown(self, **media):
        self.browser.call('Emulation.setEmulatedMedia', media)
        self.browser.open(self.page)
        try:
            return self.browser.colours(self.browser.screenshot())
        finally:
            self.browser.call('Emulation.setEmulatedMedia', {'media': '', 'features': []})

    def background(self, colours):
        """(lightness of the most frequent colour from 0 to 255, its share)"""
        colour, share = max(colours.items(), key=lambda item: item[1])
        return sum(int(colour) >> shift & 255 for shift in (0, 8, 16)) / 3, share

    def test_light(self):
        colours = self.shown(features=[{'name': 'prefers-color-scheme', 'value': 'light'}])
        lightness, share = self.background(colours)
        self.assertEqual(lightness, 255)
        self.assertLess(share, 0.97)                        # not blank
        self.assertGreaterEqual(len(colours), 100)

    def test_dark(self):
        colours = self.shown(features=[{'name': 'prefers-color-scheme', 'value': 'dark'}])
        lightness, share = self.background(colours)
        self.assertLess(lightness, 40)
        self.assertLess(share, 0.97)

    def test_text_in_the_dark(self):
        """No text of a chart keeps the colour that light paper wants."""
        fills = {}
        for scheme in ('light', 'dark'):
            self.browser.call('Emulation.setEmulatedMedia', {'media': '', 'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
            self.browser.open(self.page)
            fills[scheme] = set(self.browser.evaluate('[...document.querySelectorAll("svg text")].map(t => getComputedStyle(t).fill)'))
        self.browser.call('Emulation.setEmulatedMedia', {'media': '', 'features': []})
        ink = ['rgb(%d, %d, %d)' % tuple(bytes.fromhex(c[1:])) for c in (style.INK, style.MUTED)]
        self.assertLessEqual(set(ink), fills['light'])
        self.assertFalse(fills['dark'] & {*ink, 'rgb(0, 0, 0)'})

    def test_paper(self):
        """Printed it is light, whatever the screen is, and its tables fit."""
        self.browser.call('Emulation.setEmulatedMedia', {'media': 'print', 'features': [{'name': 'prefers-color-scheme', 'value': 'dark'}]})
        self.browser.open(self.page)
        data = self.browser.call('Page.printToPDF', {'printBackground': True, 'preferCSSPageSize': True})['data']
        lightness, _ = self.background(self.browser.colours(self.browser.screenshot()))
        self.browser.call('Emulation.setEmulatedMedia', {'media': '', 'features': []})
        self.assertEqual(lightness, 255)
        self.assertGreater(len(data), 20000)

    def test_narrow_screen(self):
        """Only tables and charts scroll sideways, the page does not."""
        self.browser.call('Emulation.setDeviceMetricsOverride', {'width': 390, 'height': 800, 'deviceScaleFactor': 1, 'mobile': True})
        self.browser.open(self.page)
        wide = self.browser.evaluate('document.documentElement.scrollWidth')
        self.browser.call('Emulation.clearDeviceMetricsOverride')
        self.assertLessEqual(wide, 400)


class Contents(Folder):
    """The page as text."""

    def test_figures_are_those_of_the_results(self):
        for path in (X86, ARM):
            document = store.read(path)
            reference = store.reference_for(document, None)
            for name in ('null', 'ipc.cross.w512', 'create.ec'):
                ours, theirs = (next(b['median'] for b in d['benchmarks'] if b['name'] == name) for d in (document, reference))
                row = re.search('<tr><th scope="row"><div class="who"><code>%s</code>.*?</tr>' % re.escape(name), self.text, re.S)[0]
                cells = [html.unescape(c).replace('\u00a0', ' ') for c in re.findall(r'<td class="(?:first ours|theirs)">([^<]*)', row)]
                self.assertIn(style.plain_number(ours), cells)
                self.assertIn(style.plain_number(theirs), cells)

    def test_what_is_no_part_of_the_mean_is_shown(self):
        """Figures are not hidden because they do not count."""
        cols = pair.columns([store.read(os.path.join(tools.TOP, 'results/26.48.4', name)) for name in
                             ('qemu-q35-icount/x86_64-gcc-none.json', 'qemu-virt-icount/aarch64-gcc-none.json')])
        rows = [row['name'] for _, rows in report.all_figures(cols) for row in rows]
        for key in pair.keys(cols):
            if pair.group(cols, key) == 'destroy':
                self.assertIn(key[0], rows)
                self.assertFalse(pair.counts(cols, key))

    def test_geometric_means_are_those_of_show(self):
        means = [m['geometric_mean'] for m in json.loads(kn('show', X86, ARM, '--format', 'json').stdout)['columns']]
        self.assertEqual(re.findall(r'class="big">(\d+)', self.text), ['%.0f' % (100 * m) for m in means])

    def test_what_takes_more_is_named(self):
        """A mean does not hide what is slower: each is on the first screen, and as a dot right of the line."""
        folder = os.path.join(os.path.dirname(RELEASE), '26.48.4')
        text = report.make(folder, [], os.path.join(self.dir, 'newer.html'))
        cols = pair.columns([store.read(path.replace(RELEASE, folder)) for path in (X86, ARM)])
        slower = {key[0] for key in pair.keys(cols) if pair.counts(cols, key)
                  if any((col.rows[key]['ratios'][0] or 0) > 1 for col in cols if key in col.rows)}
        self.assertTrue(slower)
        said = re.search('takes more in .*?</p>', text, re.S)[0]
        self.assertEqual(set(re.findall('<code title="[^"]*">([^<]*)', said)), slower)
        for one in report.summary(cols):
            self.assertEqual(one['fewer'] + one['same'] + one['more'], one['number'])
            self.assertIn('%d take fewer' % one['fewer'], text)
        dots = [ratio for group, found in chart_ratios.shares(cols).items() if group not in table.APART for ratio in found[0].values()]
        self.assertEqual(sorted(ratio for ratio, _ in chart_ratios.stacked(dots)), sorted(dots))
        self.assertEqual(sum(r < 1 for r in dots), report.summary(cols)[0]['fewer'])

    def test_dots_do_not_cover_each_other(self):
        found = chart_ratios.stacked([0.5] * 5 + [2.0])
        self.assertEqual(sorted(place for ratio, place in found if ratio == 0.5), [-2, -1, 0, 1, 2])
        self.assertEqual([place for ratio, place in found if ratio == 2], [0])

    def test_counts_without_spread_are_not_drawn(self):
        self.assertNotIn('id="fig-latency-qemu', self.text)
        self.assertNotIn('id="fig-history-aarch64', self.text)
        self.assertIn('first recorded in 26.48.3', self.text)
        cols = pair.columns([store.read(X86), store.read(ARM)])
        section = re.search('<section id="latency">.*?</section>', self.text, re.S)[0]
        for one in report.varied(cols):
            self.assertIn('<code>%s</code>' % one['name'], section)
        for key in report.nothing(cols):
            self.assertEqual(self.text.count('<code>%s</code>' % key[0]), 1)

    def test_every_chart_has_its_data(self):
        figures = re.findall('<figure.*?</figure>', self.text, re.S)
        self.assertGreater(len(figures), 5)
        for figure in figures:
            links = re.findall('<a href="([^"]*)"', figure)
            self.assertTrue(links, figure[:60])
            for link in links:
                self.assertTrue(store.read(os.path.join(self.dir, link))['benchmarks'])

    def test_shares(self):
        self.assertEqual([style.percent(r) for r in (0, 0.00245, 0.0094, 0.0096, 0.456, 1, 36.461)], ['0 %', '0.2 %', '0.9 %', '1 %', '46 %', '100 %', '3 646 %'])

    def test_says_that_instructions_are_no_cycles(self):
        self.assertIn('not how many cycles', self.text[:self.text.index('class="cards"')])
        self.assertIn('Instructions are not cycles', self.text)
        self.assertIn('no figure of the kernel', caption(self.text, 'latency-lab'))

    def test_same_results_same_page(self):
        again = os.path.join(self.dir, 'again.html')
        kn('report', RELEASE, '--more', self.noisy, self.traced, '-o', again)
        with open(again, encoding='utf-8') as file:
            self.assertEqual(file.read(), self.text)

    def test_nothing_from_elsewhere(self):
        self.assertEqual(re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"|@import|url\((?!#)', self.text), [])

    def test_refusals(self):
        self.assertIn('is no folder', kn('report', os.path.join(self.dir, 'no'), code=2).stderr)
        empty = os.path.join(self.dir, 'empty')
        os.makedirs(empty, exist_ok=True)
        self.assertIn('holds no result', kn('report', empty, code=2).stderr)
        self.assertIn('ends in .html', kn('report', RELEASE, '-o', 'x.pdf', code=2).stderr)


def caption(text, name):
    return re.search(r'<figure id="fig-%s.*?<figcaption>(.*?)</figcaption>' % name, text, re.S)[1]


class Charts(Folder):
    """kn plot --chart."""

    def draw(self, chart, *files, **more):
        out = os.path.join(self.dir, 'chart-' + chart)
        kn('plot', '--chart', chart, *files, *[word for key, value in more.items() for word in ('--' + key, value)], '-o', out)
        with open(out + '.png', 'rb') as file:
            self.assertEqual(file.read(8), b'\x89PNG\r\n\x1a\n')
        with open(out + '.svg', encoding='utf-8') as file:
            return re.findall('<text>(.*?)</text>', re.sub('</?tspan[^>]*>', '', html.unescape(file.read())), re.S)

    def test_ipc_has_every_figure(self):
        texts = self.draw('ipc', X86, ARM)
        for path in (X86, ARM):
            document = store.read(path)
            for source in (document, store.reference_for(document, None)):
                for bench in source['benchmarks']:
                    if re.fullmatch(r'ipc\.cross\.w\d+', bench['name']):
                        self.assertIn(style.plain_number(bench['median']), texts)

    def test_stages(self):
        texts = self.draw('stages', self.traced)
        for text in ('one PD, 1 word', '24', '123'):
            self.assertIn(text, texts)
        total = sum(mean for _, _, found, _ in chart_stages.bars([store.read(self.traced)]) for _, mean in found)
        self.assertEqual(total, 123)

    def test_history_marks_each_change(self):
        texts = self.draw('history', X86)
        for text in ('26.48.0', '129', '+1.6 %', '-11.1 %', 'NOVA 278'):
            self.assertIn(text, texts)
        self.assertNotIn('26.48.3', self.draw('history', os.path.join(os.path.dirname(RELEASE), '26.48.2', *X86.split(os.sep)[-2:])))

    def test_heat_and_latency(self):
        texts = self.draw('heat', self.noisy)
        for text in ('p50', 'p99.9', 'max', 'warm', 'cold caches and TLB'):
            self.assertIn(text, texts)
        self.assertNotIn('p99.99', texts)                   # two samples of 20,000 are beyond it: too few
        self.assertTrue(any('n 20 000' in text for text in self.draw('latency', self.noisy)))

    def test_percentiles(self):
        one = next(s for s in chart_latency.series_of(store.read(self.noisy)) if s.variant == 'warm')
        values = sorted(samples.expand(one.runs))
        for p in samples.PERCENTILES[:4]:
            self.assertEqual(samples.quantile(one.values, p), values[-(-int(p * 1e6) * len(values) // 1000000) - 1])
        self.assertEqual(samples.percentiles(999), [0.5, 0.9])
        self.assertEqual(samples.percentiles(1000), [0.5, 0.9, 0.99])
        self.assertEqual(samples.percentiles(19), [])
        self.assertAlmostEqual(sum(share for _, _, share in samples.histogram(one.values, chart_latency.BINS, one.least * 0.9, one.most * 1.1)), 1)
        steps = chart_latency.beyond(one)
        self.assertEqual(steps[-1], (one.most, 1 / one.n))
        self.assertEqual(sorted(steps, key=lambda step: -step[1]), steps)

    def test_refusals(self):
        for chart, path, why in (('latency', X86, 'samples that differ'), ('stages', X86, 'make bench-trace'), ('ipc', self.traced, 'three sizes'),
                                 ('history', self.noisy, 'two releases')):
            self.assertIn(why, kn('plot', '--chart', chart, path, code=2).stderr)
        self.assertIn('names no benchmark', kn('plot', '--chart', 'heat', '--bench', 'x*', X86, code=2).stderr)
        self.assertIn('count different things', kn('plot', '--chart', 'heat', X86, self.noisy, code=2).stderr)


if __name__ == '__main__':
    unittest.main()
