"""Reports: from the files of one run to verdicts, tables and the page."""
