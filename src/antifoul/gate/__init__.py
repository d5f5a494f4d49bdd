"""The use cases: read, measure, judge, report."""
