"""What every benchmark needs: figures with goals, clocks, pictures, and one command line."""
