"""The Safety tab: tips, helplines, My reports and the settings check."""
