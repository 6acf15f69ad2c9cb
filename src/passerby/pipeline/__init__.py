"""The one place that knows the order of the stages, from a source to a sink and a report."""
