# SPDX-License-Identifier: GPL-2.0-only
"""Headless Chromium for tests of pages: the DevTools protocol over two pipes, so that no port is open and no module is needed.

Messages are JSON that ends with a zero byte: Chromium reads them from file descriptor 3 and answers on 4 (--remote-debugging-pipe)."""

import base64
import fcntl
import json
import os
import select
import signal
import subprocess
import tempfile
import time

FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--force-device-scale-factor=1',
         '--no-first-run', '--disable-extensions', '--disable-background-networking', '--disable-component-update', '--remote-debugging-pipe']


def members(group):
    """The living processes of a group; one that has ended, and for which nobody has waited, is none."""
    found = []
    for name in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/stat' % name, encoding='ascii', errors='replace') as file:
                state, _, its_group = file.read().rpartition(')')[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):     # it ends while we look
            continue
        if int(its_group) == group and state not in 'ZX':
            found.append(int(name))
    return found


class Browser:
    """One browser with one page; use it in a `with`."""

    def __init__(self, width=1280, height=1000, seconds=60):
        self.seconds, self.number, self.buffer, self.events = seconds, 0, b'', []
        self.folder = tempfile.TemporaryDirectory()
        down, self.write_end = os.pipe()
        self.read_end, up = os.pipe()

        def place():                                        # in the child: the ends at 3 and 4, whatever numbers they have
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (down, up)]
            for end, number in zip(ends, (3, 4)):
                os.dup2(end, number)
                os.close(end)

        self.process = subprocess.Popen(['chromium'] + FLAGS + ['--user-data-dir=' + self.folder.name, '--window-size=%d,%d' % (width, height), 'about:blank'],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=place, close_fds=False,
                                        start_new_session=True)
        os.close(down)
        os.close(up)

    def __enter__(self):
        try:
            target = self.call('Target.createTarget', {'url': 'about:blank'}, None)['targetId']
            self.session = self.call('Target.attachToTarget', {'targetId': target, 'flatten': True}, None)['sessionId']
            for domain in ('Page', 'Runtime', 'Log', 'Network'):
                self.call(domain + '.enable')
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """Ends all processes of the browser, which has a session of its own: those behind the first one write into the folder, too."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:                          # all have ended by themselves
            pass
        self.process.wait()
        until = time.monotonic() + self.seconds
        while members(self.process.pid):
            if time.monotonic() > until:
                raise TimeoutError('chromium does not end')
            time.sleep(0.02)
        os.close(self.write_end)
        os.close(self.read_end)
        self.folder.cleanup()

    def message(self, until):
        """The next message of the browser."""
        while b'\0' not in self.buffer:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.read_end], [], [], left)[0]:
                raise TimeoutError('chromium does not answer')
            data = os.read(self.read_end, 1 << 20)
            if not data:
                raise EOFError('chromium has ended')
            self.buffer += data
        text, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(text)

    def call(self, method, params=None, session=''):
        """Result of a method; events that come meanwhile are kept."""
        self.number += 1
        request = {'id': self.number, 'method': method, 'params': params or {}}
        if session is not None:
            request['sessionId'] = session or self.session
        os.write(self.write_end, json.dumps(request).encode() + b'\0')
        until = time.monotonic() + self.seconds
        while True:
            message = self.message(until)
            if message.get('id') == self.number:
                if 'error' in message:
                    raise RuntimeError('%s: %s' % (method, message['error']['message']))
                return message['result']
            self.events.append(message)

    def open(self, path):
        """Loads a file, waits until it is there, and forgets what was before."""
        self.events.clear()
        self.call('Page.navigate', {'url': 'file://' + os.path.abspath(path)})
        until = time.monotonic() + self.seconds
        while not any(e.get('method') == 'Page.loadEventFired' for e in self.events):
            self.events.append(self.message(until))

    def evaluate(self, expression):
        """Value of a JavaScript expression, which may be a promise."""
        result = self.call('Runtime.evaluate', {'expression': expression, 'returnByValue': True, 'awaitPromise': True})
        if 'exceptionDetails' in result:
            raise RuntimeError(result['exceptionDetails']['text'])
        return result['result'].get('value')

    def complaints(self):
        """What the page wrote to the console or failed to load."""
        kinds = ('Log.entryAdded', 'Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Network.loadingFailed')
        return [json.dumps(e['params'])[:300] for e in self.events if e.get('method') in kinds]

    def loaded(self):
        """Addresses of everything that was asked for."""
        return [e['params']['request']['url'] for e in self.events if e.get('method') == 'Network.requestWillBeSent']

    def screenshot(self, path=None):
        """PNG of the whole page as base64, also written to a file."""
        data = self.call('Page.captureScreenshot', {'format': 'png', 'captureBeyondViewport': True})['data']
        if path:
            with open(path, 'wb') as file:
                file.write(base64.b64decode(data))
        return data

    def colours(self, picture):
        """{colour: share of the pixels} of a PNG in base64, the most frequent ones; the browser itself decodes it."""
        return self.evaluate('''new Promise(done => { const image = new Image(); image.onload = () => {
            const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;
            const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
            const data = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer), count = {};
            for (const pixel of data) count[pixel & 0xffffff] = (count[pixel & 0xffffff] || 0) + 1;
            done(Object.fromEntries(Object.entries(count).sort((a, b) => b[1] - a[1]).slice(0, 400).map(([c, n]) => [c, n / data.length])));
            }; image.src = 'data:image/png;base64,%s'; })''' % picture)
