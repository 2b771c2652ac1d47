"""The wizard's questions as data, and the walk through them."""
