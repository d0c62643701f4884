"""The stages of the graph, one file each."""
