"""Reading of paper forms: image in, readings out; knows no web, queue or database."""

import os

# One worker a core, one thread each: numpy's own threads would spin between its small products, which
# cost a tenth of a sheet's processor time. The library looks at this once, when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
