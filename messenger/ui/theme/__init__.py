"""The look: colours by role, type scale, icons, and the one object that hands them to widgets."""
