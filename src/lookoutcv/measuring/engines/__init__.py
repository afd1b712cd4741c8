"""Where images are measured: in this process, or in a pool of processes. Start with `measure_batches`."""
