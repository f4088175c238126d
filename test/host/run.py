# SPDX-License-Identifier: GPL-2.0-only
"""Runs host test programs, one line each as they end, then their sum. Output of a program that fails is shown in full.

usage: run.py LABEL SUMMARY JOBS PROGRAM...   SUMMARY: file that gets "PASSED FAILED", for whoever adds up; JOBS: programs at a time
"""
import os, re, signal, subprocess, sys
from concurrent.futures import ThreadPoolExecutor, as_completed

TIMEOUT = 300  # seconds for one program; a parser that does not terminate fails here


running = set()


def ended (command, env):
    """Like subprocess.run, of what stop () knows"""
    with subprocess.Popen (command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env) as process:
        running.add (process)
        try:
            output, _ = process.communicate (timeout=TIMEOUT)
            return process.returncode, output
        except subprocess.TimeoutExpired:
            process.kill ()
            return None, process.communicate ()[0]
        finally:
            running.discard (process)


def stop ():
    for process in list (running):
        process.kill ()


def run (program):
    """Returns (passed, failed, output, note)."""
    env = dict (os.environ, CMOCKA_MESSAGE_OUTPUT='STDOUT',
                ASAN_OPTIONS='detect_stack_use_after_return=1:detect_leaks=0', UBSAN_OPTIONS='print_stacktrace=1')
    status, output = ended ([program], env)
    output = output.decode ('utf-8', 'replace')
    if status is None:
        return 0, 1, output, 'no end after %d s' % TIMEOUT

    total = sum (map (int, re.findall (r'Running (\d+) test\(s\)', output)))
    passed = len (re.findall (r'^\[\s+OK \]', output, re.M))
    over = re.search (r'^\[==========\] \d+ test\(s\) run\.', output, re.M)

    if status == 0 and over and passed == total and total:
        return passed, 0, output, ''
    note = 'exit status %d' % status if over else 'died, exit status %d' % status
    return passed, max (total - passed, 1), output, note


def main (label, summary, jobs, *programs):
    all_passed = all_failed = 0
    pool = ThreadPoolExecutor (int (jobs))
    names = {pool.submit (run, p): os.path.basename (p) for p in programs}
    try:
        for done in as_completed (names):
            passed, failed, output, note = done.result ()
            all_passed, all_failed = all_passed + passed, all_failed + failed
            print (('  %-7s %-16s %4d passed %4d failed  %s' % (label, names[done], passed, failed, note)).rstrip(), flush=True)
            if failed:
                print ('\n'.join (l for l in output.splitlines() if not re.match (r'\[ (RUN|      OK) ', l)))
    except KeyboardInterrupt:
        pool.shutdown (wait=False, cancel_futures=True)
        stop ()
        raise
    with open (summary, 'w') as f:
        print (all_passed, all_failed, file=f)
    print ('  %-7s %d programs, %d tests passed, %d failed' % (label, len (programs), all_passed, all_failed))
    return all_failed > 0


signal.signal (signal.SIGTERM, signal.default_int_handler)
try:
    sys.exit (main (*sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit (130)
