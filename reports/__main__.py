"""The end of a run, `bench report DIR` and `bench compare A B`.

    python3 -m reports DIR [--format=table|json|csv|markdown] [--no-page]
                           [--color=auto|always|never] [-q] [--strict]
                           [--fail-if SCENARIO.MODEL.METRIC<NUMBER ...]
    python3 -m reports compare A B [--format=...] [--fail-over=5%]

Results go to stdout, everything else to stderr. Exit 0; 1 if something could
not be written, 2 if there is no run or an option is wrong, with one sentence,
4 if --strict and unstable, 99 if a threshold was passed. The files are written
before anything is printed: who only wants to see the first line gets the page
as well. The page needs matplotlib and jinja2 and is imported only when wanted.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Callable, NoReturn, Sequence

from reports.data import run
from reports.data.run import NotARun, Run
from reports.judge import thresholds
from reports.show import noise, results, streams, terminal

WRONG, UNSTABLE, PASSED = 2, 4, 99


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
        text = (
            "exit 99 if a cell of B is worse by more, say 5%%, with its whole interval"
        )
        add("--fail-over", metavar="SHARE", type=per_cent, help=text)
    else:
        add("directory", metavar="DIR", type=Path, help="a run's directory")
        text = "write there how far controls differ, and show that alone"
        add("--noise-floor", metavar="FILE", type=Path, help=text)
        add("--no-page", action="store_true", help="no charts and no page")
        text = (
            "exit 99 if the median of a cell is so: 'cpu.prefork.jobs_per_second<900'"
        )
        add("--fail-if", metavar="EXPR", action="append", default=[], help=text)
        text = "exit 4 if a control wins or half of a cell was disturbed"
        add("--strict", action="store_true", help=text)
    text = "what stdout gets"
    add("--format", choices=terminal.FORMATS, default="table", help=text)
    add("--color", choices=("auto", "always", "never"), default="auto")
    add("-q", "--quiet", action="store_true", help="no progress")
    return out


def per_cent(text: str) -> float:
    """'5%' as 0.05. Raises ValueError, which argparse tells."""
    number = text.strip()
    if not number.endswith("%") or not 0 <= float(number[:-1]) < 100:
        raise argparse.ArgumentTypeError(f"takes a share such as 5%, not {text!r}")
    return float(number[:-1]) / 100


def show(found: Run, chosen: str, color: bool) -> str:
    if chosen == "json":
        return results.text(results.assemble(found))
    if chosen == "csv":
        return terminal.as_csv(found)
    if chosen == "markdown":
        return terminal.as_markdown(found)
    return terminal.as_table(found, color)


def progress(quiet: bool) -> Callable[[str, int, int], None]:
    """One line on stderr that overwrites itself; nothing unless a terminal
    looks."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return lambda what, done, total: None

    def report(what: str, done: int, total: int) -> None:
        line = f"\r\x1b[Kpage: {done} of {total}, {what}"
        # The finished line would only stand between results and the path.
        sys.stderr.write(line if done < total else "\r\x1b[K")
        sys.stderr.flush()

    return report


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if arguments[:1] == ["compare"]:
            return compared(parser("compare").parse_args(arguments[1:]))
        return reported(parser("report").parse_args(arguments))
    except NotARun as error:
        print(error, file=sys.stderr)
    except thresholds.UnknownName as error:
        print(f"report: {error}.", file=sys.stderr)
    return WRONG


def loaded(path: Path) -> Run:
    found = run.load(path)
    for note in found.notes:
        print(note, file=sys.stderr)
    return found


def reported(options: argparse.Namespace) -> int:
    found = loaded(options.directory)
    if options.noise_floor:
        return calibrated(found, options)
    path, failure = write(found, options)
    if failure:
        place = failure.filename or found.directory
        print(cannot_write(place, failure), file=sys.stderr)
    # What was measured can be read all the same.
    color = terminal.wants_color(options.color, sys.stdout, os.environ)
    sys.stdout.write(show(found, options.format, color))
    apart = options.format in ("json", "csv")
    if path:
        print(path, file=sys.stderr if apart else sys.stdout)
    return checked(found, options) or (1 if failure else 0)


def checked(found: Run, options: argparse.Namespace) -> int:
    """Whether the run holds what was asked of it; says what it does not."""
    broken = [one for text in options.fail_if for one in thresholds.broken(found, text)]
    for one in broken:
        value = "has no figure" if one.value is None else f"has {one.value:.6g}"
        print(f"{one.expression}: {one.cell.name} {value}.", file=sys.stderr)
    unstable = thresholds.unstable(found) if options.strict else []
    for text in unstable:
        print(f"unstable: {text}.", file=sys.stderr)
    return PASSED if broken else UNSTABLE if unstable else 0


def compared(options: argparse.Namespace) -> int:
    """`bench compare A B`."""
    from reports.judge.compare import compare
    from reports.show.compare import shown

    found = compare(loaded(options.a), loaded(options.b))
    color = terminal.wants_color(options.color, sys.stdout, os.environ)
    sys.stdout.write(shown(found, options.format, color))
    if options.fail_over is None:
        return 0
    if not any(one.low for one in found.differences):
        print("Nothing is decided, so nothing can be worse.", file=sys.stderr)
    worse = [one for one in found.differences if one.worse_by(options.fail_over)]
    for one in worse:
        text = f"{one.a.name} is worse by more than {100 * options.fail_over:g} %"
        print(f"{text} in {one.metric.name}.", file=sys.stderr)
    return PASSED if worse else 0


def calibrated(found: Run, options: argparse.Namespace) -> int:
    """The end of `bench calibrate`."""
    failure = None
    try:
        results.write(found)
        noise.write(found, options.noise_floor)
    except OSError as error:
        failure = error
        print(cannot_write(error.filename or found.directory, error), file=sys.stderr)
    ink = terminal.Ink(terminal.wants_color(options.color, sys.stdout, os.environ))
    sys.stdout.write(terminal.one_table(noise.table(found), ink))
    if not failure:
        print(noise.summary(found, options.noise_floor))
    return 1 if failure else 0


def write(
    found: Run, options: argparse.Namespace
) -> tuple[Path | None, OSError | None]:
    """Makes the files; returns the last of them, and why there is no other."""
    path = None
    try:
        path = results.write(found)
        if not options.no_page:
            from reports.show import page

            path = page.write(found, found.directory, progress(options.quiet))
    except OSError as error:
        return path, error
    return path, None


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
        print(cannot_write("stdout", error), file=sys.stderr)
        # What is still in the buffer of stdout could not be written either.
        os._exit(1)
