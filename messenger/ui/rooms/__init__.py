"""Groups in the window."""
