"""A checked report in the forms that others read: XEP-0377, XARF, NCMEC, CASE/UCO, BagIt, a page and a plain text."""
