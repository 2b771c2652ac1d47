"""Notices in the window: the bar over a chat, the pause before a message goes out, and what was seen before."""
