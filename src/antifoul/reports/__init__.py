"""Tell: a report in, text out."""
