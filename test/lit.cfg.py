import os

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "mp"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.mp_obj_root, "test")
config.environment["PYTHONPATH"] = os.path.join(config.test_source_root, os.pardir, "tools", "scripts")
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
config.environment["MP_CACHE_DIR"] = os.path.join(config.mp_obj_root, "test-cache")

config.substitutions.append(
    ("%mp_plugin", os.path.join(config.mp_libs_dir, "MPPlugin" + config.llvm_shlib_ext)))

config.substitutions.append(("%mp_tools", config.mp_tools_dir))

# Models written by hand in C, for tests of what runs models.
config.substitutions.append(
    ("%mp_models", os.path.join(config.mp_obj_root, "test", "Runtime", "models")))

# Frameworks that exporters need, where tools/scripts/check_exporters.sh has
# installed them.
for framework in ("jax", "torch"):
    folder = os.path.join(config.mp_obj_root, f"export-{framework}")
    if os.path.exists(os.path.join(folder, "installed")):
        config.available_features.add(framework)
    elif lit_config.params.get("required") == framework:
        lit_config.fatal(f"{folder} is not installed")
    config.substitutions.append((f"%{framework}_python", os.path.join(folder, "bin", "python")))

llvm_config.use_default_substitutions()
tool_dirs = [config.mp_tools_dir, config.llvm_tools_dir]
llvm_config.add_tool_substitutions(
    [ToolSubst("mp-opt",
               extra_args=["--verify-roundtrip"] if os.environ.get("MP_CHECK_ROUNDTRIP") else [],
               unresolved="fatal"),
     "mp-bisect", "mp-compile", "mp-run", "mp-train", "mlir-opt", "llvm-nm", "split-file"], tool_dirs)
