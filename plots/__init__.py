"""Charts of a run: one file per figure, drawn from the run's files only."""
