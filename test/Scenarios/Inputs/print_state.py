"""Prints the tensors of a checkpoint by name: print_state.py FILE"""
import sys

import plain_safetensors as st

state = st.read(sys.argv[1])
for name in sorted(state):
    print(name, st.unpack(state[name]))
