"""Charts as SVG and as Vega-Lite. Start with `histogram_layout`, where everything stands; then comes the drawing."""
