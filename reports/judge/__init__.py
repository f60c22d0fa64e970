"""Who wins, who is equal, what is undecided: the only statistics of the suite.

Knows reports/data and nothing else; terminal, files, charts and page are told
by it and judge nothing themselves.
"""
