"""Is this window different, how sure is that, how bad is it, which images show it. Arrays in, numbers out."""
