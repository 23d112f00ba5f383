// Module entry: gathers the entry points of all files.
#include "napi.h"

namespace host {

Bytes toBytes(napi_env env, napi_value value) {
  void* data = nullptr;
  size_t length = 0;
  bool isTypedArray = false;
  napi_is_typedarray(env, value, &isTypedArray);
  if (isTypedArray) {
    napi_typedarray_type type = napi_uint8_array;
    napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr);
    if (type != napi_uint8_array) return {nullptr, 0};
  } else if (napi_get_arraybuffer_info(env, value, &data, &length) != napi_ok) {
    return {nullptr, 0};
  }
  return {static_cast<uint8_t*>(data), length};
}

uint8_t* bytesWithin(Bytes bytes, double byteOffset, size_t length) {
  if (bytes.data == nullptr || !(byteOffset >= 0) || length > bytes.length) return nullptr;
  if (byteOffset > static_cast<double>(bytes.length - length)) return nullptr;
  return bytes.data + static_cast<size_t>(byteOffset);
}

void exportFunction(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

namespace {

// Raised with every change of an entry point, so that the TypeScript face refuses an addon built from other sources.
constexpr int32_t INTERFACE_VERSION = 6;

napi_value initialise(napi_env env, napi_value exports) {
  napi_set_named_property(env, exports, "interfaceVersion", makeInt(env, INTERFACE_VERSION));
  exportClock(env, exports);
  exportCores(env, exports);
  exportCrc32c(env, exports);
  exportFault(env, exports);
  exportFutex(env, exports);
  exportMemory(env, exports);
  exportProcess(env, exports);
  exportSockets(env, exports);
  return exports;
}

}  // namespace
}  // namespace host

NAPI_MODULE_INIT() { return host::initialise(env, exports); }
