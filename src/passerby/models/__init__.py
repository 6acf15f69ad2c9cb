"""Networks: what is known about each, where it lies, how it is run and understood."""

import os

# Official builds of ONNX Runtime tell its makers which networks run where, from the moment they
# are loaded (their docs/Privacy.md). Here nothing leaves the machine, so it is switched off first.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
