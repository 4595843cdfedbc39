"""Reports: one small YAML file names a notebook and its parameters, one page comes out.

`spec` reads the YAML, `run` executes the notebook, `page` turns it into HTML, `index` lists the
pages, `headlines` collects their named results, `build` does all that for whatever is stale.
"""
