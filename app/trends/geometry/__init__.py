"""From numbers to places: scales, ticks, paths, labels. Pure; templates only write it down.

x is in percent of the width, so that a chart is as wide as its place; y is in pixels, so that text and
marks keep their size. Lines, dots and whiskers alone are stretched: their x is in tenths of a week, and
their strokes do not scale.
"""

from app.trends.geometry.bars import Bar, pareto
from app.trends.geometry.chart import Chart, draw
from app.trends.geometry.dots import DotPlot, dot_plot
from app.trends.geometry.frame import Frame, Level, Point, Sign, Target
from app.trends.geometry.strip import Happened, Strip, incident_strip

__all__ = [
    "Bar",
    "Chart",
    "DotPlot",
    "Frame",
    "Happened",
    "Level",
    "Point",
    "Sign",
    "Strip",
    "Target",
    "dot_plot",
    "draw",
    "incident_strip",
    "pareto",
]
