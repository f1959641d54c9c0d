"""What is wrong in an estate: rules as data, a small pattern language, and its evaluation on the graph."""
