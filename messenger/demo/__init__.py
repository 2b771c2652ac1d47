"""The demonstration: a real server, a real desk, a scripted cast."""
