"""Runs compiled train steps through libmp_rt, state replaced in place as mp-train does.

Only the standard library is used. `TrainStep` loads a model and holds its buffers; `call` is one step.
"""
import array
import ctypes
import json
import math
import random

FLOAT = 2


class DataType(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16)]


class DLTensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32),
                ("ndim", ctypes.c_int32), ("dtype", DataType), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.c_void_p), ("byte_offset", ctypes.c_uint64)]


class ValueInfo(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("name", ctypes.c_char_p), ("role", ctypes.c_char_p),
                ("dtype", DataType), ("ndim", ctypes.c_int32), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("bytes", ctypes.c_uint64), ("donated_to", ctypes.c_int32)]


class FunctionInfo(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("name", ctypes.c_char_p), ("num_args", ctypes.c_int32),
                ("num_results", ctypes.c_int32), ("arena_bytes", ctypes.c_uint64),
                ("persistent_bytes", ctypes.c_uint64), ("has_prepare", ctypes.c_int32)]


class Event(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("kind", ctypes.c_int32), ("name", ctypes.c_char_p),
                ("extent", ctypes.c_int64), ("grain", ctypes.c_int64), ("begin", ctypes.c_uint64),
                ("end", ctypes.c_uint64)]


PROFILE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(Event))


class InstanceOptions(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_int32), ("device", ctypes.c_char_p),
                ("profile", PROFILE), ("profile_user", ctypes.c_void_p), ("observe", ctypes.c_void_p),
                ("observe_user", ctypes.c_void_p)]


def read_tensors(path):
    """The tensors of a safetensors file, as bytes by name."""
    with open(path, "rb") as f:
        head = int.from_bytes(f.read(8), "little")
        header = json.loads(f.read(head))
        body = f.read()
    return {name: body[slice(*entry["data_offsets"])] for name, entry in header.items() if name != "__metadata__"}


def random_values(count, scale, seed):
    """`count` floats; they repeat, since their values do not matter for time."""
    draw = random.Random(seed)
    noise = array.array("f", (draw.gauss(0.0, scale) for _ in range(min(count, 1 << 16))))
    return (noise * math.ceil(count / max(1, len(noise))))[:count].tobytes()


class TrainStep:
    def __init__(self, library, path, values, threads, profile=False, function="train_step"):
        """`values` maps names of arguments to bytes; what it lacks is zero."""
        self.lib = ctypes.CDLL(library)
        self.lib.mp_rt_last_error.restype = ctypes.c_char_p
        model, self.function = ctypes.c_void_p(), ctypes.c_int32()
        self.check(self.lib.mp_rt_model_load(path.encode(), ctypes.byref(model)))
        self.check(self.lib.mp_rt_model_find_function(model, function.encode(), ctypes.byref(self.function)))
        options, self.instance, self.times = InstanceOptions(), ctypes.c_void_p(), {}
        options.struct_size, options.threads = ctypes.sizeof(options), threads
        self.callback = PROFILE(self.record) if profile else PROFILE()
        options.profile = self.callback
        self.check(self.lib.mp_rt_instance_create(model, ctypes.byref(options), ctypes.byref(self.instance)))
        info = FunctionInfo()
        info.struct_size = ctypes.sizeof(info)
        self.check(self.lib.mp_rt_function_query(model, self.function, ctypes.byref(info)))
        self.buffers = []  # keeps the memory alive
        self.data = {}  # address and size of each argument
        self.args = self.describe(model, self.lib.mp_rt_function_arg, info.num_args, values)
        self.results = self.describe(model, self.lib.mp_rt_function_result, info.num_results, {})

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.lib.mp_rt_last_error().decode())

    def describe(self, model, query, count, values):
        pointers = (ctypes.POINTER(DLTensor) * max(1, count))()
        for i in range(count):
            info = ValueInfo()
            info.struct_size = ctypes.sizeof(info)
            self.check(query(model, self.function, i, ctypes.byref(info)))
            tensor = DLTensor(device_type=1, ndim=info.ndim, dtype=info.dtype, shape=info.shape)
            if query is self.lib.mp_rt_function_result and info.donated_to >= 0:
                tensor.data = self.args[info.donated_to].contents.data
            else:
                memory = ctypes.create_string_buffer(max(1, info.bytes) + 64)
                data = values.get(info.name.decode(), b"")
                tensor.data = (ctypes.addressof(memory) + 63) // 64 * 64
                ctypes.memmove(tensor.data, data, min(len(data), info.bytes))
                self.buffers.append(memory)
            if query is self.lib.mp_rt_function_arg:
                self.data[info.name.decode()] = tensor.data, info.bytes
            if info.role == b"loss":
                self.loss_data = tensor.data
            self.buffers.append(tensor)
            pointers[i] = ctypes.pointer(tensor)
        return pointers

    def record(self, _, event):
        event = event.contents
        name = f"{event.kind} {(event.name or b'').decode()}"
        count, time = self.times.get(name, (0, 0))
        self.times[name] = (count + 1, time + event.end - event.begin)

    def put(self, name, data):
        """Gives an argument another value; not for parameters, which a model may have converted already."""
        address, size = self.data[name]
        if len(data) != size:
            raise ValueError(f"{name} has {size} bytes, but got {len(data)}")
        ctypes.memmove(address, data, size)

    def call(self):
        self.check(self.lib.mp_rt_call(self.instance, self.function, self.args, self.results))

    def loss(self):
        return ctypes.cast(self.loss_data, ctypes.POINTER(ctypes.c_float)).contents.value
