"""The benchmark: edited queries with known truth, the product and its peers on the same clips.

`python -m tests.benchmarks --help` runs it. The order in which things happen: `clips` (what is
indexed, and which half it belongs to), `plan` (which edit of which clip), `recipes*` (the edits,
through `media` and `draw`), `truth` (what was done, exactly), `matcher` and `peers` (who is
measured), `answers` (what came back, kept), `metrics`, `scoring` and `report` (the tables),
`floors` (what must not drop). `calibrate` fits the product's score on the set `tune`.

`TRACER_CLIPS` names a folder with clips and their `clips.csv`; without it the fixtures are used,
and their figures are kept apart. `--resume` goes on with a run that was broken off.
"""
