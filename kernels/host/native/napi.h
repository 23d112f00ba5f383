// The few things that every file of the addon needs from Node-API.
//
// Convention of all entry points: arguments were checked by the TypeScript face, so here a wrong one is only ever
// answered with -EINVAL, never acted on. A failing system call returns -errno as an int32; what that means and what
// to do next is decided in TypeScript.
#pragma once

#define NAPI_VERSION 8
#include <node_api.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace host {

// The arguments of one call; absent ones are undefined.
template <size_t N>
struct Arguments {
  napi_value values[N] = {};

  Arguments(napi_env env, napi_callback_info info) {
    size_t count = N;
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }
};

inline napi_value makeInt(napi_env env, int32_t value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

inline napi_value makeDouble(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

// What a call returned that gives -1 and errno on failure.
inline napi_value makeOutcome(napi_env env, int outcome) {
  return makeInt(env, outcome < 0 ? -errno : outcome);
}

inline int32_t toInt(napi_env env, napi_value value) {
  int32_t result = 0;
  napi_get_value_int32(env, value, &result);
  return result;
}

inline uint32_t toUint(napi_env env, napi_value value) {
  uint32_t result = 0;
  napi_get_value_uint32(env, value, &result);
  return result;
}

inline double toDouble(napi_env env, napi_value value) {
  double result = 0;
  napi_get_value_double(env, value, &result);
  return result;
}

inline bool toBool(napi_env env, napi_value value) {
  bool result = false;
  napi_get_value_bool(env, value, &result);
  return result;
}

// Bytes behind an ArrayBuffer or a Uint8Array.
struct Bytes {
  uint8_t* data;
  size_t length;
};

Bytes toBytes(napi_env env, napi_value value);

// The `length` bytes at `byteOffset`, or null when they do not lie within the buffer.
uint8_t* bytesWithin(Bytes bytes, double byteOffset, size_t length);

void exportFunction(napi_env env, napi_value exports, const char* name, napi_callback callback);

// Each file adds its entry points.
void exportClock(napi_env env, napi_value exports);
void exportCores(napi_env env, napi_value exports);
void exportCrc32c(napi_env env, napi_value exports);
void exportFault(napi_env env, napi_value exports);
void exportFutex(napi_env env, napi_value exports);
void exportMemory(napi_env env, napi_value exports);
void exportProcess(napi_env env, napi_value exports);
void exportSockets(napi_env env, napi_value exports);

// Called before [begin, end) is unmapped: each table of registered addresses forgets those within.
void forgetStampTargets(const uint8_t* begin, const uint8_t* end);
void forgetWords(const uint8_t* begin, const uint8_t* end);
void forgetFaultSlot(const uint8_t* begin, const uint8_t* end);

}  // namespace host
