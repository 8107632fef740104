#!/usr/bin/env python3
"""Starts a training, sends it a signal once it has begun, and waits: signal_train.py SIGNAL METRICS COMMAND...

It has begun when it has replaced the file METRICS. SIGNAL*2 sends it again at once: then the training may end by
finishing its step (0) or at once (1), but not by the signal.
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
name, _, twice = sys.argv[1].partition("*")
run.send_signal(getattr(signal, name))
if twice:
    run.send_signal(getattr(signal, name))
    sys.exit(run.wait() not in (0, 1))
sys.exit(run.wait() & 0xFF)
