"""Models behind tables: columns of values and an index array, so that 100,000 rows sort and filter at once."""
