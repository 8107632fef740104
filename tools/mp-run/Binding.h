//===- Binding.h - a function's arguments and results as tensors ----------===//

#ifndef MP_RUN_BINDING_H
#define MP_RUN_BINDING_H

#include "io/Safetensors.h"
#include "mp_rt/mp_rt.h"

#include <memory>
#include <string>
#include <vector>

namespace mp::run {

/// Owned bytes, aligned to 64.
class Buffer {
public:
  Buffer() = default;
  explicit Buffer(size_t size);
  uint8_t *data() const { return bytes.get(); }

private:
  struct Free {
    void operator()(uint8_t *p) const;
  };
  std::unique_ptr<uint8_t, Free> bytes;
};

/// An argument or result: what the model says of it, and its tensor.
struct Value {
  std::string name;       // as the source or the roles call it
  std::string positional; // "arg0", "result0"
  std::string role;
  DLDataType type = {};
  std::vector<int64_t> shape;
  uint64_t bytes = 0;

  DLTensor tensor = {};
  Buffer storage; // empty where the tensor lies in the input file

  bool isComplex() const { return type.code == MP_RT_DL_COMPLEX; }
  uint64_t elements() const;
};

/// "2x3xf32".
std::string typeText(const Value &value);

/// The format's name of a type; of the parts, where it is complex. False if
/// tensors of this type cannot be in a file.
bool fileType(DLDataType type, io::DType &out);

struct Function {
  int32_t index = 0;
  std::string name;
  mp_rt_function_info info = {};
  std::vector<Value> args, results;
};

/// The named function, else `main`, else the only one. `rolesFile`, if any,
/// gives names to values that have none of their own.
Function findFunction(const mp_rt_model *model, const std::string &name,
                      const std::string &rolesFile);

/// Points the arguments at the tensors of `file`, which must outlive them; null
/// if there is no file. Throws Error naming each tensor that is missing or of
/// another type; warns of keys that nothing reads.
void bindArguments(Function &function, const io::SafetensorsFile *file,
                   const std::string &path);

/// Gives the results memory.
void allocateResults(Function &function);

/// The results as tensors of a file, complex ones as pairs. Parts are copied
/// into `storage`.
std::vector<io::Tensor> resultTensors(const Function &function,
                                      std::vector<Buffer> &storage);

} // namespace mp::run

#endif // MP_RUN_BINDING_H
