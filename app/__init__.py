"""Use cases without a window: collect, import, assess, export, and the command line."""
