"""Locks and flags of processes that are killed with what they hold."""

import os
import signal
import threading
import time

from hitl_project.worker.shared import Flag, Lock


def elsewhere(act):
    """Return the exit status of a fork that does this."""
    return ended(begun(act))


def begun(act):
    """Return the process id of a fork that does this."""
    child = os.fork()
    if not child:
        code = 99
        try:
            code = bool(act())
        finally:
            os._exit(code)
    return child


def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_lock_is_free_once_its_holder_was_killed():
    lock = Lock()
    held, told = os.pipe()
    child = os.fork()
    if not child:
        lock.acquire()
        os.write(told, b"1")
        signal.pause()
    os.read(held, 1)
    assert not lock.acquire(block=False)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert lock.acquire(block=False)


def test_a_lock_that_is_taken_twice_is_free_after_two_releases_and_is_not_held_by_a_fork():
    lock = Lock()
    taken = []
    with lock:
        with lock:
            pass
        taken.append(elsewhere(lambda: lock.acquire(block=False)))
    taken.append(elsewhere(lambda: lock.acquire(block=False)))
    assert taken == [False, True]


def test_a_circle_that_only_the_kernel_sees_is_waited_out():
    """One's thread waits for the other, which waits for what one's main thread is about to let go."""
    first, second = Lock(), Lock()
    held, told = os.pipe()

    def other():
        first.acquire()
        os.write(told, b"1")
        time.sleep(0.2)
        return second.acquire()

    second.acquire()
    child = begun(other)
    os.read(held, 1)
    waits = threading.Thread(target=first.acquire)
    waits.start()
    time.sleep(0.4)
    second.release()
    assert ended(child) == 1
    waits.join(10)
    assert not waits.is_alive()


def test_a_flag_is_seen_in_other_processes_and_ends_a_wait():
    flag, begun = Flag(), time.monotonic()
    assert not flag.wait(0.01)
    assert elsewhere(flag.set) == 0
    assert flag.wait(30)
    assert time.monotonic() - begun < 10
