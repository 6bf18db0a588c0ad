"""`python -m kefu.config`: what `./kefu` runs."""

import sys

from kefu.config.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
