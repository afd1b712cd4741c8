"""Is this window different, how sure is that, how bad is it, which images show it. Arrays in, numbers out.

`compare` is what the rest of the house calls, and `check_baseline` for a baseline by itself: open `compare` first.
Below them `statistics` and `variation` hold the numbers, `rules` the verdict, `describe`, `cause`, `predictions` and
`accuracy` what else is found, in figures; `decision` joins it, and `wording` alone makes sentences.
"""
