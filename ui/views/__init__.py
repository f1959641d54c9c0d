"""One module a view; the shell makes each when it is first shown."""
