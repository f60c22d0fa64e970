"""A run for people and programs: tables, terminal, results.json and the page."""
