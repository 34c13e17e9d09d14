"""The marked simulated source: paths through published anchors, so that every panel can be seen before feeds exist.

``spec`` says what a declaration may hold, ``slots`` and ``paths`` make the smooth shape, ``benchmark`` bends it so
that it runs exactly through every published figure, ``rounding`` keeps sums exact at published precision, ``flows``,
``rates`` and ``states`` make the series, ``growth`` their official-looking growth, ``editions`` the loads.
"""
