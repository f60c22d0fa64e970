"""The end of a run, and `bench report DIR`: judge, print, write the page.

    python3 -m reports DIR [--format=table|json|csv|markdown] [--no-page]
                           [--color=auto|always|never] [-q]

Results go to stdout, everything else to stderr. Exit 0; 1 if something could
not be written, 2 if there is no run to report, with one sentence. The files
are written before anything is printed: who only wants to see the first line
gets the page as well. The page needs matplotlib and jinja2 and is imported
only when wanted.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Callable, NoReturn, Sequence

from reports.data import run
from reports.data.run import NotARun, Run
from reports.show import noise, results, streams, terminal


class Parser(argparse.ArgumentParser):
    """One sentence on stderr instead of argparse's usage and error."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"report: {message.rstrip('.')}.\n")


def parser() -> Parser:
    out = Parser(prog="report", allow_abbrev=False)
    out.add_argument("directory", metavar="DIR", type=Path, help="a run's directory")
    out.add_argument(
        "--format", choices=terminal.FORMATS, default="table", help="what stdout gets"
    )
    out.add_argument(
        "--noise-floor",
        metavar="FILE",
        type=Path,
        help="write there how far controls differ, and show that alone",
    )
    out.add_argument("--no-page", action="store_true", help="no charts and no page")
    out.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    out.add_argument("-q", "--quiet", action="store_true", help="no progress")
    return out


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
    options = parser().parse_args(arguments)
    try:
        found = run.load(options.directory)
    except NotARun as error:
        print(error, file=sys.stderr)
        return 2
    for note in found.notes:
        print(note, file=sys.stderr)
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
    return 1 if failure else 0


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
