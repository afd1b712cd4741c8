"""Networks as torch holds them: timm, their files of weights, and what a package brings of one."""
