"""Weekline: a self-hosted web dashboard for weekly engineering status reports."""

__version__ = "0.1.0"
