"""Charts as SVG and as Vega-Lite: where everything stands (`histogram_layout`), then the drawing."""
