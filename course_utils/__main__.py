"""The commands of the course: ``python3 -m course_utils lab``, ``test`` and others.

Any Python from 2.7 on can read this file, so that a Python that is too old gets a
sentence and not a SyntaxError. Hence no type hints and no f-strings here; the
commands themselves are in ``commands.main``. Standard library only.
"""

import sys

OLDEST = (3, 11)
NEWEST = (3, 13)


def complaint(version, bits):
    """Return what is wrong with this Python, or "" when the course runs on it.

    ``version`` is a pair such as (3, 11), ``bits`` is 32 or 64.
    """
    found = ".".join(str(number) for number in version)
    if version < OLDEST:
        return "The course needs Python 3.11, 3.12 or 3.13; this is Python " + found
    if version > NEWEST:
        return (
            "PyTorch is tested here with Python 3.11, 3.12 and 3.13; this is the newer "
            "Python " + found
        )
    if bits < 64:
        return "PyTorch needs a 64-bit Python; this Python " + found + " has 32 bits"
    return ""


def main():
    """Return the exit code of the command that the user typed."""
    bits = 64 if sys.maxsize > 2**32 else 32
    problem = complaint(tuple(sys.version_info[:2]), bits)
    if problem:
        python = "py -3.13" if sys.platform == "win32" else "python3.13"
        words = [python, "-m", "course_utils"] + (sys.argv[1:] or ["lab"])
        sys.stderr.write(problem + ".\n")
        sys.stderr.write(
            "Next: install 64-bit Python 3.13 from https://www.python.org/downloads/ "
            "and type  " + " ".join(words) + "\n"
        )
        return 1
    from course_utils.commands.main import main as run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
