"""The report wizard: one question a page, from the start page to the case number."""
