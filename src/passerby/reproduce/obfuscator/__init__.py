"""Tables about obfuscators and filters: what they leave to detectors, hide, and cost."""
