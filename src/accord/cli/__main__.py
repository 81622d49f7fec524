"""Room: cli. `python -m accord.cli`."""

import sys

from accord.cli import commands

sys.exit(commands.main())
