"""The controls that all rooms share. Each paints itself from theme roles and has an accessible name."""
