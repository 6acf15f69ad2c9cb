"""Networks that find people, as torch modules; their ONNX exports need no torch to run."""
