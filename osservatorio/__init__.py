"""Osservatorio: the reporting warehouse of an Ambito Territoriale's child-protection services."""

__version__ = "0.1.0"
