"""Where the assets of a subgraph are drawn: from left to right, in circles by group, or by the distance between them.

Layouts are functions of edges and codes: numpy alone, no drawing, and the same input gives the same picture.
"""

from graph.layout.beside import beside
from graph.layout.grouped import grouped
from graph.layout.layered import layered
from graph.layout.placement import Circle, Curves, Placement
from graph.layout.stress import by_distance

__all__ = ["Circle", "Curves", "Placement", "beside", "by_distance", "grouped", "layered"]
