"""Become another program that is asked to end when our parent ends: `bound.py PARENT PROGRAM …`."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # Linux, prctl(2); it survives the exec below


def main(arguments: list[str]) -> None:
    """Bind this process to its parent, whose id comes first, and turn into the program that follows.

    Elsewhere than on Linux only the second half is done: a parent that is killed leaves the program running.
    """
    parent, *program = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):  # it ended before the line above
            sys.exit(1)
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
