"""The same work done by the product and by other tools, measured alike (`python -m benchmarks.peers`)."""
