#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of make release in a small tree whose Makefile records prepared results: what it refuses, what it writes, and that it goes on where it was
stopped. Run: test/tools/test_release.py"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import fakelog
from knlib import collect, rawlog, release, store, tools

MAKEFILE = '''
bench bench-cfp:
	/usr/bin/python3 record.py $@ $(RELEASE) '$(COMP)' '$(ARCH)'
'''
RECORD = '''
import json, os, subprocess, sys
target, version, comp, arch = sys.argv[1:]
open('calls', 'a').write(' '.join(sys.argv[1:]) + '\\n')
commit = subprocess.run(['git', 'rev-parse', 'HEAD'], capture_output=True, text=True).stdout.strip()
steps = json.load(open('steps.json'))
if os.path.exists('.broken') and open('.broken').read() in (target + comp + arch): sys.exit(1)
for name in steps[' '.join(filter(None, (target, comp and 'COMP=' + comp, arch and 'ARCH=' + arch)))]:
    path = os.path.join('results', version, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    document = json.load(open('prepared.json'))
    machine, configuration = (name.split('/') + [''])[:2]
    document.update(release=version, machine=machine, configuration=configuration.removesuffix('.json'))
    document['kernel']['arch'] = configuration.split('-')[0]
    document['build'].update(commit=commit, dirty=False)
    json.dump(document, open(path, 'w')) if name.endswith('.json') else open(path, 'w').close()
'''
CHANGES = '# Changes\n\nText.\n\n## Unreleased\n\n- First news.\n- Second news.\n\n## Interface 24.08\n\n- Old.\n'


class Release(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='release-test-')
        self.addCleanup(shutil.rmtree, self.dir)
        shutil.copytree(tools.SCRIPTS, os.path.join(self.dir, 'scripts'), ignore=shutil.ignore_patterns('__pycache__'))
        self.file('Makefile', MAKEFILE)
        self.file('record.py', RECORD)
        self.file('CHANGES.md', CHANGES)
        self.file('.gitignore', 'calls\n.broken\n')
        self.file('steps.json', json.dumps({' '.join(step.words): step.files for step in release.steps()}))
        os.mkdir(os.path.join(self.dir, 'results'))
        shutil.copy(store.SCHEMA, os.path.join(self.dir, 'results'))
        part = rawlog.parts(fakelog.log(fakelog.lines()).split(b'\n'))[0]
        facts = collect.facts_of(part, {'machine': 'm', 'ticks_are': 'instructions', 'kernel': {'title': 'Kilonova'}})
        self.file('prepared.json', store.text(collect.document(part, facts, 'r', 'c')))
        self.git('init', '-q')
        self.commit()

    def file(self, name, text):
        with open(os.path.join(self.dir, name), 'w', encoding='ascii') as file:
            file.write(text)

    def text(self, name):
        path = os.path.join(self.dir, name)
        if not os.path.exists(path):
            return ''
        with open(path, encoding='ascii') as file:
            return file.read()

    def git(self, *words):
        subprocess.run(['git', '-c', 'user.name=n', '-c', 'user.email=e', *words], cwd=self.dir, check=True, stdout=subprocess.DEVNULL)

    def commit(self):
        self.git('add', '-A')
        self.git('commit', '-qm', 'x')

    def kn(self, *words, code=0):
        done = subprocess.run(['scripts/kn', 'release', *words], cwd=self.dir, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        return done.stdout + done.stderr

    def calls(self):
        return self.text('calls').splitlines()

    def test_release(self):
        text = self.kn('26.49.0')
        self.assertEqual(self.calls(), ['bench 26.49.0 gcc ', 'bench 26.49.0 clang ', 'bench-cfp 26.49.0  x86_64', 'bench-cfp 26.49.0  aarch64'])
        self.assertIn("git tag -a 26.49.0 -m 'Kilonova 26.49.0'", text)
        done = subprocess.run(['git', 'tag'], cwd=self.dir, capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, '')                   # that is for a person
        changes = self.text('CHANGES.md')
        self.assertRegex(changes, r'(?s)## Unreleased\n\n## 26\.49\.0\n\nFigures are in \[results/26\.49\.0\]\(results/26\.49\.0/summary\.md\); geometric '
                         r'mean .*?\.\n\n- First news\.\n- Second news\.\n\n## Interface')
        self.assertIn('| ipc.2pd.w64 |', self.text('results/26.49.0/summary.md'))
        self.assertIn('## clang', self.text('results/26.49.0/summary.md'))
        again = self.kn('26.49.0')                          # nothing is left to be done
        self.assertEqual(len(self.calls()), 4)
        self.assertEqual(again.count(': recorded'), 4)
        self.assertEqual(self.text('CHANGES.md'), changes)
        self.commit()
        self.assertIn('in the repository already', self.kn('26.49.0', code=2))

    def test_goes_on(self):
        self.file('.broken', 'clang')
        self.assertIn('ended with status 2; start this again', self.kn('26.49.0', code=1))
        self.assertEqual(self.text('CHANGES.md'), CHANGES)
        os.remove(os.path.join(self.dir, '.broken'))
        self.kn('26.49.0')
        self.assertEqual([call.split()[2:3] for call in self.calls()[:3]], [['gcc'], ['clang'], ['clang']])
        self.assertIn('## 26.49.0', self.text('CHANGES.md'))

    def test_dry_run(self):
        self.assertEqual(self.kn('26.49.0', '--dry-run').count('would run'), 4)
        self.assertEqual((self.calls(), self.text('CHANGES.md'), os.listdir(os.path.join(self.dir, 'results'))), ([], CHANGES, ['schema.json']))

    def test_refused(self):
        for version in ('26.49', '26.54.0', '26.00.1', '26.49.01', 'v26.49.0', '26.49.0-rc1', '../x'):
            self.assertIn('is no YEAR.WEEK.NUMBER', self.kn(version, code=2))
        self.file('kernel.c', 'int i;\n')
        self.assertIn('?? kernel.c', self.kn('26.49.0', code=2))
        os.remove(os.path.join(self.dir, 'kernel.c'))
        self.file('CHANGES.md', CHANGES + '- more\n')
        self.assertIn(' M CHANGES.md', self.kn('26.49.0', code=2))
        self.file('CHANGES.md', CHANGES.replace('- First news.\n- Second news.\n', ''))
        self.commit()
        self.assertIn('nothing stands below', self.kn('26.49.0', code=2))
        self.file('CHANGES.md', CHANGES.replace('Unreleased', 'News'))
        self.commit()
        self.assertIn("no line '## Unreleased'", self.kn('26.49.0', code=2))
        self.file('CHANGES.md', CHANGES)
        self.commit()
        self.git('tag', '26.49.0')
        self.assertIn('is a tag already', self.kn('26.49.0', code=2))
        self.file('Makefile.conf', 'DEBUG = 1\n')
        self.assertIn('Makefile.conf', self.kn('26.49.1', code=2))
        self.assertEqual(self.calls(), [])

    def test_results_of_another_commit(self):
        self.file('.broken', 'aarch64')
        self.kn('26.49.0', code=1)
        os.remove(os.path.join(self.dir, '.broken'))
        self.file('CHANGES.md', CHANGES.replace('First', 'Last'))
        self.git('commit', '-qam', 'y')
        self.assertRegex(self.kn('26.49.0', code=1), r'is of commit [0-9a-f]{40}; remove it and start again')
        self.assertNotIn('## 26.49.0', self.text('CHANGES.md'))


if __name__ == '__main__':
    sys.exit(unittest.main())
