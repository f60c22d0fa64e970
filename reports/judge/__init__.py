"""Who wins, who is equal, what is undecided: the only statistics of the suite."""
