"""Whether a picture is in focus: what its edges, its noise and its compression say, and how sure that is."""
