"""Charts as data: specifications for Vega and Vega-Lite. Colours come from the page, which knows light from dark."""
