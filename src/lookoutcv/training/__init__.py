"""From labelled images to a model that brings its own baseline: `data`, `fitting`, `comparing` and `packing`."""
