"""The window, and the only importer of Qt."""
