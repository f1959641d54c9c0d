"""The graph as a picture: any subgraph, drawn with as much detail as the zoom has room for."""
