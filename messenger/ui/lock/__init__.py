"""The app lock in the window: the lock screen, its settings and dialogs."""
