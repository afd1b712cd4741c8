"""The only author of sentences: results and figures in, plain words out."""
