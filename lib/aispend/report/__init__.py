"""Reports: one small YAML file names a notebook and its parameters, one page comes out.

What to build: `project` knows the folders, `spec` reads the YAML, `plan` makes the list, `keys` says what is stale,
`build` does all that and `freshness` how far the data reach. Running a notebook: `run` executes it, `kernel` and
`warm` fork kernels that `rehearsal` has warmed, `surroundings` keeps the caller's settings out, `cluster` chooses this
machine or Dask, `failures` writes down what failed, `rerun` renews the committed notebooks. What comes out: `page` makes
the HTML, `index` the list of pages, `results` their numbers in words, `headlines` the file that reviewers compare.
To take away: `shown` finds the exhibits of a page, `workbook`, `pdf` and `picture` turn them into files, `downloads`
says which files there are and `printing` makes those of `make pdf`.
"""
