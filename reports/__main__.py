"""The end of a run, `bench report DIR` and `bench compare A B`.

Results go to stdout, everything else to stderr. Exit 0; 1 if something could
not be written, 2 if there is no run or an option is wrong, with one sentence,
4 if --strict and unstable, 99 if a threshold was passed. Files are written before
anything is printed; the page needs heavy modules and is imported when wanted.
"""

import argparse
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, Sequence

from reports.data import run
from reports.judge import checks
from reports.show import compare, noise, results, terminal

WRONG, UNSTABLE, PASSED = 2, 4, 99
FAIL_IF = "exit 99 if the median of a cell is so: 'cpu.prefork.jobs_per_second<900'"
FAIL_OVER = "exit 99 if a cell of B is worse by more, say 5%%, with its whole interval"
STRICT = "exit 4 if a control wins or more than half of a cell was disturbed"
PROFILE = "write there what calibrate found, and show that alone"


class Parser(argparse.ArgumentParser):
    """One sentence on stderr instead of argparse's usage and error."""

    def error(self, message: str) -> NoReturn:
        say(f"{self.prog}: {message.rstrip('.')}.")
        sys.exit(WRONG)


def parser(verb: str) -> Parser:
    out = Parser(prog=verb, allow_abbrev=False)
    add = out.add_argument
    if verb == "compare":
        add("a", metavar="A", type=Path, help="a run's directory or results.json")
        add("b", metavar="B", type=Path, help="the run that is held against it")
        add("--fail-over", metavar="SHARE", type=per_cent, help=FAIL_OVER)
    else:
        add("directory", metavar="DIR", type=Path, help="a run's directory")
        add("--profile", metavar="FILE", type=Path, help=PROFILE)
        add("--no-page", action="store_true", help="no charts and no page")
        add("--fail-if", metavar="EXPR", action="append", default=[], help=FAIL_IF)
        add("--strict", action="store_true", help=STRICT)
    add("--format", choices=terminal.FORMATS, default="table", help="what stdout gets")
    add("--color", choices=("auto", "always", "never"), default="auto")
    add("-q", "--quiet", action="store_true", help="no progress")
    return out


def per_cent(text: str) -> float:
    """'5%' as 0.05."""
    match = re.fullmatch(r"\s*(\d{1,2}(?:\.\d*)?|\.\d+)\s*%\s*", text)
    if not match:
        takes = "takes a share from 0% to less than 100%, such as 5%"
        raise argparse.ArgumentTypeError(f"{takes}, got {text!r}")
    return float(match.group(1)) / 100


def say(text: object) -> None:
    """On stderr; where that cannot be written nobody can be told."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def put(text: str) -> None:
    """On stdout. Who has stopped reading (head, less) has read enough."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def progress(what: str, done: int, total: int) -> None:
    """One line on stderr that overwrites itself, and at the end is gone."""
    text = f"page: {done} of {total}, {what}" if done < total else ""
    print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    two = [*arguments[:1]] == ["compare"]
    options = parser("compare" if two else "report").parse_args(arguments[two:])
    options.color = terminal.wants_color(options.color, sys.stdout, os.environ)
    try:
        return compared(options) if two else reported(options)
    except run.NotARun as error:
        say(error)
    except checks.UnknownName as error:
        say(f"report: {error}.")
    return WRONG


def loaded(path: Path) -> run.Run:
    found = run.load(path)
    for note in found.notes:
        say(note)
    return found


def reported(options: argparse.Namespace) -> int:
    """Writes what is asked for; what was measured can be read all the same."""
    found = loaded(options.directory)
    last, failed = None, False
    try:
        last = results.write(found)
        if options.profile:
            last = noise.write(found, options.profile)
        elif not options.no_page:
            from reports.show import page

            quiet = options.quiet or os.environ.get("TERM") == "dumb"
            loud = sys.stderr.isatty() and not quiet
            last = page.write(found, progress if loud else lambda *_: None)
    except OSError as error:
        say(cannot_write(error.filename or found.directory, error))
        failed = True
    if options.profile:
        put(terminal.written(noise.document(found), "table", options.color))
    else:
        put(terminal.shown(found, options.format, options.color))
    if last and options.format in ("json", "csv"):
        say(last)
    elif last:
        put(f"{last}\n")
    return checked(found, options) or int(failed)


def checked(found: run.Run, options: argparse.Namespace) -> int:
    """Whether the run holds what was asked of it; says what it does not."""
    code = 0
    for text in checks.unstable(found) if options.strict else ():
        say(f"unstable: {text}.")
        code = UNSTABLE
    for expression in options.fail_if:
        for cell, value in checks.broken(found, expression):
            known = "no figure" if value is None else f"{value:.6g}"
            say(f"{expression}: {cell.name} has {known}.")
            code = PASSED
    return code


def compared(options: argparse.Namespace) -> int:
    """`bench compare A B`."""
    found = checks.compare(loaded(options.a), loaded(options.b))
    put(compare.shown(found, options.format, options.color))
    if options.fail_over is None:
        return 0
    if not any(one.known for one in found.differences):
        say("Nothing is decided, so nothing can be worse.")
    over = options.fail_over
    worse = [one for one in found.differences if checks.worse_by(one, over)]
    for one in worse:
        text = f"{one.a.name} is worse by more than {100 * over:g} %"
        say(f"{text} in {one.metric.name}.")
    return PASSED if worse else 0


def cannot_write(place: object, error: OSError) -> str:
    return f"report: cannot write {place}: {error.strerror or error}."


def program() -> int:
    """main() with streams that may be closed, full, or read by nobody."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number, this one
    sys.stdout = sys.stdout or open(1, "w", closefd=False)
    sys.stderr = sys.stderr or open(2, "w", closefd=False)
    try:
        try:
            return main(sys.argv[1:])
        finally:
            sys.stdout.flush()  # --help
    except SystemExit as left:
        return int(left.code or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except OSError as error:
        say(cannot_write("stdout", error))
        return 1


if __name__ == "__main__":
    # What is still in the buffer of stdout could not be written either.
    os._exit(program())
