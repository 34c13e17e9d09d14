"""Charts: one function per kind of chart, from display-ready rows to a figure as a plain dict.

Figures hold no template and no outside size: sizes are CSS pixels at k = 1 and ``figure.js`` scales them. A chart
formats no number: every text comes from ``layouts.words`` through the panel that calls it. Missing stays a gap.
"""
