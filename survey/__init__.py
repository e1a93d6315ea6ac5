"""The survey application.  This file holds a docstring only, so that no circle can form through it."""
