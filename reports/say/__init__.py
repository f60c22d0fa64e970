"""Verdicts as words: nothing is judged here, and nothing is laid out."""
