"""Tips and notices: pure functions."""
