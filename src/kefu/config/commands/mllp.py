"""`kefu mllp`."""

import argparse

from kefu.config.serve.addresses import addresses


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen; by default KEFU_MLLP_HOST and KEFU_MLLP_PORT."""
    line = addresses().mllp
    parser.add_argument("--host", default=line.host)
    parser.add_argument("--port", type=int, default=line.port)


def mllp(args: argparse.Namespace) -> int:
    """Listen for laboratory messages until SIGINT or SIGTERM."""
    from kefu.lab.mllp_server import run

    run(args.host, args.port)
    return 0
