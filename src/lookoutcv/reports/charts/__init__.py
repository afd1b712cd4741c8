"""Charts as SVG and as Vega-Lite: where everything stands, then the drawing."""
