#include "core/Model.h"

#include "core/CpuFeatures.h"
#include "core/Error.h"
#include "core/ModelFile.h"

#include <cstddef>
#include <cstring>
#include <dlfcn.h>
#include <memory>

using namespace mp::rt;

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

static mp_rt_status checkVersion(const char *path, uint32_t major,
                                 uint32_t minor) {
  if (major == MP_RT_CODEGEN_MAJOR && minor <= MP_RT_CODEGEN_MINOR)
    return MP_RT_OK;
  return fail(MP_RT_UNSUPPORTED,
              "'%s' was compiled for runtime interface %u.%u, but this runtime "
              "has %d.%d; compile it again",
              path, major, minor, MP_RT_CODEGEN_MAJOR, MP_RT_CODEGEN_MINOR);
}

static mp_rt_status damaged(const std::string &path, const std::string &what) {
  return fail(MP_RT_INVALID_ARGUMENT, "'%s' has a damaged descriptor: %s",
              path.c_str(), what.c_str());
}

/// Copies what the descriptor says of one argument or result.
static mp_rt_status readValue(const std::string &path, const std::string &where,
                              const mp_rt_value_desc &desc, Value &out) {
  if (desc.struct_size < sizeof(mp_rt_value_desc) || !desc.name || !desc.role ||
      desc.rank < 0 || (desc.rank > 0 && !desc.shape))
    return damaged(path, where + " is incomplete");
  ElementType type{desc.code, desc.bits};
  uint64_t count;
  if (type.bytes() == 0 || !countElements(desc.shape, desc.rank, count) ||
      count * type.bytes() != desc.bytes)
    return damaged(path, where + " has the type " +
                             typeName(type, desc.shape, desc.rank) + " but " +
                             std::to_string(desc.bytes) + " bytes");
  size_t alignment =
      type.code == MP_RT_DL_COMPLEX ? type.bytes() / 2 : type.bytes();
  out = {desc.name,       desc.role,  type,       desc.rank,
         desc.donated_to, desc.shape, desc.bytes, alignment};
  return MP_RT_OK;
}

static mp_rt_status readFunction(const std::string &path,
                                 const mp_rt_function_desc &desc,
                                 Function &out) {
  constexpr size_t first = offsetof(mp_rt_function_desc, keeps_prepared);
  if (desc.struct_size < first || !desc.name || !desc.run ||
      desc.num_args < 0 || desc.num_results < 0 ||
      (desc.num_args && !desc.args) || (desc.num_results && !desc.results))
    return damaged(path, "a function is incomplete");
  out.name = desc.name;
  out.prepare = desc.prepare;
  out.run = desc.run;
  out.arenaBytes = desc.arena_bytes;
  out.persistentBytes = desc.persistent_bytes;
  out.keepsPrepared = desc.struct_size >= sizeof(desc) && desc.keeps_prepared;
  out.args.resize(desc.num_args);
  out.results.resize(desc.num_results);
  std::string prefix = std::string("'") + desc.name + "' ";
  for (int32_t i = 0; i < desc.num_args; ++i) {
    if (mp_rt_status status =
            readValue(path, prefix + "argument " + std::to_string(i),
                      desc.args[i], out.args[i]))
      return status;
  }
  for (int32_t i = 0; i < desc.num_results; ++i) {
    std::string where = prefix + "result " + std::to_string(i);
    Value &result = out.results[i];
    if (mp_rt_status status = readValue(path, where, desc.results[i], result))
      return status;
    if (result.donatedTo >= desc.num_args ||
        (result.donatedTo >= 0 &&
         out.args[result.donatedTo].bytes != result.bytes))
      return damaged(path, where + " takes the buffer of argument " +
                               std::to_string(result.donatedTo) +
                               ", which does not fit");
  }
  return MP_RT_OK;
}

static mp_rt_status readDescriptor(mp_rt_model &model) {
  const mp_rt_model_desc &desc = *model.desc;
  if (desc.struct_size < sizeof(mp_rt_model_desc))
    return damaged(model.path, "it is too short");
  if (mp_rt_status status = checkVersion(model.path.c_str(), desc.codegen_major,
                                         desc.codegen_minor))
    return status;
  if (!desc.compiler || !desc.device || !desc.cpu_features || !desc.manifest ||
      desc.num_functions < 0 || (desc.num_functions && !desc.functions))
    return damaged(model.path, "a field is null");
  model.functions.resize(desc.num_functions);
  for (int32_t i = 0; i < desc.num_functions; ++i) {
    // Older models have smaller structs.
    auto *entry = reinterpret_cast<const mp_rt_function_desc *>(
        reinterpret_cast<const char *>(desc.functions) +
        i * desc.functions->struct_size);
    if (mp_rt_status status =
            readFunction(model.path, *entry, model.functions[i]))
      return status;
  }
  return MP_RT_OK;
}

/// Models call mp_rt_* functions. A program that loaded this library with
/// RTLD_LOCAL has not made them visible to models, so this does.
static void exposeRuntime() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void *>(&mp_rt_model_load), &info) &&
      info.dli_fname)
    dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
}

static mp_rt_status openModel(const char *path, mp_rt_model **out) {
  ModelNote note;
  if (mp_rt_status status = readModelFile(path, note))
    return status;
  if (mp_rt_status status = checkVersion(path, note.major, note.minor))
    return status;
  if (mp_rt_status status = checkCpuFeatures(path, note.cpuFeatures))
    return status;

  static const bool exposed = (exposeRuntime(), true);
  (void)exposed;
  auto model = std::make_unique<mp_rt_model>();
  model->path = path;
  // A name without a slash would be searched for in the system's folders.
  std::string file = std::strchr(path, '/') ? path : "./" + model->path;
  model->library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!model->library) {
    const char *reason = dlerror();
    return fail(MP_RT_INVALID_ARGUMENT, "cannot load model '%s': %s", path,
                reason ? reason : "unknown reason");
  }
  auto entry = reinterpret_cast<mp_rt_model_fn>(
      dlsym(model->library, MP_RT_MODEL_SYMBOL));
  model->desc = entry ? entry() : nullptr;
  if (!model->desc)
    return fail(MP_RT_INVALID_ARGUMENT,
                "'%s' is not a compiled model: it does not export '%s'", path,
                MP_RT_MODEL_SYMBOL);
  if (mp_rt_status status = readDescriptor(*model))
    return status;
  *out = model.release();
  return MP_RT_OK;
}

mp_rt_model::~mp_rt_model() {
  if (library)
    dlclose(library);
}

void mp_rt_model::release() {
  if (holders.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete this;
}

extern "C" mp_rt_status mp_rt_model_load(const char *path,
                                         mp_rt_model **out_model) {
  if (!path || !out_model)
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_model_load: expected a path and a place for the model, "
                "but got null");
  return guarded([&] { return openModel(path, out_model); });
}

extern "C" void mp_rt_model_unload(mp_rt_model *model) {
  if (model)
    model->release();
}

//===----------------------------------------------------------------------===//
// Questions
//===----------------------------------------------------------------------===//

/// Fills a caller's struct, which may be shorter or longer than ours.
template <typename Info>
static mp_rt_status give(const char *function, Info info, Info *out) {
  if (!out || out->struct_size < sizeof(size_t))
    return fail(MP_RT_INVALID_ARGUMENT,
                "%s: expected a struct with its 'struct_size' set", function);
  info.struct_size = out->struct_size;
  std::memcpy(out, &info, std::min(out->struct_size, sizeof(Info)));
  return MP_RT_OK;
}

static mp_rt_status find(const char *caller, const mp_rt_model *model,
                         int32_t function, const Function *&out) {
  if (!model)
    return fail(MP_RT_INVALID_ARGUMENT, "%s: expected a model, but got null",
                caller);
  if (function < 0 || function >= static_cast<int32_t>(model->functions.size()))
    return fail(MP_RT_INVALID_ARGUMENT,
                "%s: expected a function index below %zu, but got %d", caller,
                model->functions.size(), function);
  out = &model->functions[function];
  return MP_RT_OK;
}

extern "C" mp_rt_status mp_rt_model_query(const mp_rt_model *model,
                                          mp_rt_model_info *out_info) {
  if (!model)
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_model_query: expected a model, but got null");
  const mp_rt_model_desc &desc = *model->desc;
  return give("mp_rt_model_query",
              mp_rt_model_info{0, desc.compiler, desc.device, desc.cpu_features,
                               desc.manifest, desc.num_functions},
              out_info);
}

extern "C" mp_rt_status mp_rt_model_find_function(const mp_rt_model *model,
                                                  const char *name,
                                                  int32_t *out_function) {
  if (!model || !name || !out_function)
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_model_find_function: expected a model, a name and a "
                "place for the index, but got null");
  return guarded([&]() -> mp_rt_status {
    std::string known;
    for (size_t i = 0; i < model->functions.size(); ++i) {
      const char *candidate = model->functions[i].name;
      if (std::strcmp(candidate, name) == 0) {
        *out_function = static_cast<int32_t>(i);
        return MP_RT_OK;
      }
      known += (known.empty() ? "'" : ", '") + std::string(candidate) + "'";
    }
    return fail(MP_RT_INVALID_ARGUMENT,
                "no function '%s' in '%s': expected one of %s", name,
                model->path.c_str(), known.c_str());
  });
}

extern "C" mp_rt_status mp_rt_function_query(const mp_rt_model *model,
                                             int32_t function,
                                             mp_rt_function_info *out_info) {
  const Function *found;
  if (mp_rt_status status =
          find("mp_rt_function_query", model, function, found))
    return status;
  return give("mp_rt_function_query",
              mp_rt_function_info{0, found->name,
                                  static_cast<int32_t>(found->args.size()),
                                  static_cast<int32_t>(found->results.size()),
                                  found->arenaBytes, found->persistentBytes,
                                  found->prepare != nullptr},
              out_info);
}

static mp_rt_status queryValue(const char *caller,
                               const std::vector<Value> &values, int32_t index,
                               mp_rt_value_info *out) {
  if (index < 0 || index >= static_cast<int32_t>(values.size()))
    return fail(MP_RT_INVALID_ARGUMENT,
                "%s: expected an index below %zu, but got %d", caller,
                values.size(), index);
  const Value &value = values[index];
  return give(caller,
              mp_rt_value_info{0,
                               value.name,
                               value.role,
                               {value.type.code, value.type.bits, 1},
                               value.rank,
                               value.shape,
                               value.bytes,
                               value.donatedTo},
              out);
}

extern "C" mp_rt_status mp_rt_function_arg(const mp_rt_model *model,
                                           int32_t function, int32_t index,
                                           mp_rt_value_info *out_info) {
  const Function *found;
  if (mp_rt_status status = find("mp_rt_function_arg", model, function, found))
    return status;
  return queryValue("mp_rt_function_arg", found->args, index, out_info);
}

extern "C" mp_rt_status mp_rt_function_result(const mp_rt_model *model,
                                              int32_t function, int32_t index,
                                              mp_rt_value_info *out_info) {
  const Function *found;
  if (mp_rt_status status =
          find("mp_rt_function_result", model, function, found))
    return status;
  return queryValue("mp_rt_function_result", found->results, index, out_info);
}
