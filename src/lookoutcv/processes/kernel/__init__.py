"""What Linux's kernel takes from a process for good when it is asked to: files and the network, and system calls.

Start with `landlock`; both are called by `confinement`.
"""
