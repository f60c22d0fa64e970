"""The end of a run, `bench report DIR` and `bench compare A B`.

Results go to stdout, everything else to stderr. Exit 0; 1 if something could
not be written, 2 if there is no run or an option is wrong, with one sentence,
4 if --strict and unstable, 99 if a threshold was passed. The files are written
before anything is printed: who only wants to see the first line gets the page
as well. The page needs matplotlib and jinja2 and is imported only when wanted.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import NoReturn, Sequence

from reports.data import run
from reports.data.run import NotARun, Run
from reports.judge import thresholds
from reports.show import noise, results, streams, terminal

WRONG, UNSTABLE, PASSED = 2, 4, 99
FAIL_IF = "exit 99 if the median of a cell is so: 'cpu.prefork.jobs_per_second<900'"
FAIL_OVER = "exit 99 if a cell of B is worse by more, say 5%%, with its whole interval"
STRICT = "exit 4 if a control wins or more than half of a cell was disturbed"
NOISE = "write there how far controls differ, and show that alone"


class Parser(argparse.ArgumentParser):
    """One sentence on stderr instead of argparse's usage and error."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{self.prog}: {message.rstrip('.')}.\n")


def parser(verb: str) -> Parser:
    out = Parser(prog=verb, allow_abbrev=False)
    add = out.add_argument
    if verb == "compare":
        add("a", metavar="A", type=Path, help="a run's directory or results.json")
        add("b", metavar="B", type=Path, help="the run that is held against it")
        add("--fail-over", metavar="SHARE", type=per_cent, help=FAIL_OVER)
    else:
        add("directory", metavar="DIR", type=Path, help="a run's directory")
        add("--noise-floor", metavar="FILE", type=Path, help=NOISE)
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
        raise argparse.ArgumentTypeError(
            f"takes a share from 0% to less than 100%, such as 5%, got {text!r}"
        )
    return float(match.group(1)) / 100


def say(text: object) -> None:
    print(text, file=sys.stderr)


def progress(what: str, done: int, total: int) -> None:
    """One line on stderr that overwrites itself; the finished one would only
    stand between results and the path."""
    line = f"\r\x1b[Kpage: {done} of {total}, {what}"
    sys.stderr.write(line if done < total else "\r\x1b[K")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if arguments[:1] == ["compare"]:
            return compared(parser("compare").parse_args(arguments[1:]))
        return reported(parser("report").parse_args(arguments))
    except NotARun as error:
        say(error)
    except thresholds.UnknownName as error:
        say(f"report: {error}.")
    return WRONG


def loaded(path: Path) -> Run:
    found = run.load(path)
    for note in found.notes:
        say(note)
    return found


def colored(options: argparse.Namespace) -> bool:
    return terminal.wants_color(options.color, sys.stdout, os.environ)


def reported(options: argparse.Namespace) -> int:
    """Writes what is asked for; what was measured can be read all the same."""
    found = loaded(options.directory)
    path, failed = None, False
    try:
        path = results.write(found)
        if options.noise_floor:
            noise.write(found, options.noise_floor)
        elif not options.no_page:
            from reports.show import page

            quiet = options.quiet or not sys.stderr.isatty()
            quiet = quiet or os.environ.get("TERM") == "dumb"
            done = (lambda *_: None) if quiet else progress
            path = page.write(found, found.directory, done)
    except OSError as error:
        say(cannot_write(error.filename or found.directory, error))
        failed = True
    if options.noise_floor:
        ink = terminal.Ink(colored(options))
        sys.stdout.write(terminal.one_table(noise.table(found), ink))
        path = None if failed else noise.summary(found, options.noise_floor)
    else:
        sys.stdout.write(shown(found, options))
    if path:
        say(path) if options.format in ("json", "csv") else print(path)
    return checked(found, options) or int(failed)


def shown(found: Run, options: argparse.Namespace) -> str:
    if options.format == "json":
        return results.text(results.assemble(found))
    if options.format == "csv":
        return terminal.as_csv(found)
    if options.format == "markdown":
        return terminal.as_markdown(found)
    return terminal.as_table(found, colored(options))


def checked(found: Run, options: argparse.Namespace) -> int:
    """Whether the run holds what was asked of it; says what it does not."""
    code = 0
    for text in thresholds.unstable(found) if options.strict else ():
        say(f"unstable: {text}.")
        code = UNSTABLE
    for expression in options.fail_if:
        for cell, value in thresholds.broken(found, expression):
            known = "no figure" if value is None else f"{value:.6g}"
            say(f"{expression}: {cell.name} has {known}.")
            code = PASSED
    return code


def compared(options: argparse.Namespace) -> int:
    """`bench compare A B`."""
    from reports.judge.compare import compare
    from reports.show import compare as view

    found = compare(loaded(options.a), loaded(options.b))
    sys.stdout.write(view.shown(found, options.format, colored(options)))
    if options.fail_over is None:
        return 0
    if not any(one.low for one in found.differences):
        say("Nothing is decided, so nothing can be worse.")
    worse = [one for one in found.differences if one.worse_by(options.fail_over)]
    for one in worse:
        text = f"{one.a.name} is worse by more than {100 * options.fail_over:g} %"
        say(f"{text} in {one.metric.name}.")
    return PASSED if worse else 0


def cannot_write(place: object, error: OSError) -> str:
    return f"report: cannot write {place}: {error.strerror or error}."


if __name__ == "__main__":
    streams.prepare()
    try:
        try:
            sys.exit(main())
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        say(cannot_write("stdout", error))
        # What is still in the buffer of stdout could not be written either.
        os._exit(1)
