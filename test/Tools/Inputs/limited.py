#!/usr/bin/env python3
"""Runs a command with less: limited.py [--file-bytes=N] [--respect-modes] COMMAND...

--file-bytes     no file may grow beyond N bytes, as on a full disk
--respect-modes  the modes of files bind even root
"""
import ctypes
import os
import resource
import sys

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2

words = sys.argv[1:]
while words[0].startswith("--"):
    option = words.pop(0)
    if option == "--respect-modes":
        if os.geteuid() == 0:
            for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
                ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    else:
        size = int(option.removeprefix("--file-bytes="))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
os.execvp(words[0], words)
