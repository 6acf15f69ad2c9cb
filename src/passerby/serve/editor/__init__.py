"""The editor: a page on this machine on which an anonymized copy is corrected."""
