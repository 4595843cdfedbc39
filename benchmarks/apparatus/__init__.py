"""What several benchmarks need: how a claim is printed and fails the run, and one of the peers, fed with our data."""
