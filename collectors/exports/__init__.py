"""Exports that other tools wrote: files, folders and zips become records, never anything else."""

from collectors.exports.reading import read_exports

__all__ = ["read_exports"]
