#!/usr/bin/env python3
"""Starts a training, sends it a signal once it has begun, and waits: signal_train.py SIGNAL METRICS COMMAND...

It has begun when it has replaced the file METRICS.
"""
import os
import signal
import subprocess
import sys
import time


def inode(path):
    return os.stat(path).st_ino if os.path.exists(path) else 0


before = inode(sys.argv[2])
run = subprocess.Popen(sys.argv[3:])
while run.poll() is None and inode(sys.argv[2]) == before:
    time.sleep(0.002)
run.send_signal(getattr(signal, sys.argv[1]))
sys.exit(run.wait() & 0xFF)
