"""Measures the program against itself: ratios within one run, never absolute speeds."""
