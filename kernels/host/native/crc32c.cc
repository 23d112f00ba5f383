// CRC-32C (Castagnoli): reflected polynomial 0x82F63B78, initial value and final inversion of all ones, as in RFC 3720,
// 12.1. The SSE4.2 instruction computes this very polynomial; without it, eight tables take eight bytes a step.
#include <nmmintrin.h>

#include <cstring>

#include "napi.h"

namespace host {
namespace {

constexpr uint32_t POLYNOMIAL = 0x82f63b78;

struct Tables {
  uint32_t of[8][256];

  constexpr Tables() : of() {
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t crc = byte;
      for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
      of[0][byte] = crc;
    }
    for (int table = 1; table < 8; table++) {
      for (int byte = 0; byte < 256; byte++) {
        const uint32_t crc = of[table - 1][byte];
        of[table][byte] = crc >> 8 ^ of[0][crc & 0xff];
      }
    }
  }
};

constexpr Tables TABLES;

uint64_t loadWord(const uint8_t* data) {
  uint64_t word = 0;
  memcpy(&word, data, sizeof(word));
  return word;
}

__attribute__((target("sse4.2"))) uint32_t crcByInstruction(uint32_t crc, const uint8_t* data, size_t length) {
  uint64_t state = crc;
  while (length >= 8) {
    state = _mm_crc32_u64(state, loadWord(data));
    data += 8;
    length -= 8;
  }
  uint32_t rest = static_cast<uint32_t>(state);
  while (length-- > 0) rest = _mm_crc32_u8(rest, *data++);
  return rest;
}

uint32_t crcByTables(uint32_t crc, const uint8_t* data, size_t length) {
  while (length >= 8) {
    const uint64_t word = loadWord(data) ^ crc;
    crc = TABLES.of[7][word & 0xff] ^ TABLES.of[6][word >> 8 & 0xff] ^ TABLES.of[5][word >> 16 & 0xff] ^
          TABLES.of[4][word >> 24 & 0xff] ^ TABLES.of[3][word >> 32 & 0xff] ^ TABLES.of[2][word >> 40 & 0xff] ^
          TABLES.of[1][word >> 48 & 0xff] ^ TABLES.of[0][word >> 56];
    data += 8;
    length -= 8;
  }
  while (length-- > 0) crc = crc >> 8 ^ TABLES.of[0][(crc ^ *data++) & 0xff];
  return crc;
}

using Method = uint32_t (*)(uint32_t, const uint8_t*, size_t);

bool hasInstruction() { return __builtin_cpu_supports("sse4.2") != 0; }

napi_value compute(napi_env env, napi_callback_info info, Method method) {
  Arguments<4> arguments(env, info);
  const size_t length = toUint(env, arguments.values[2]);
  const uint8_t* data = bytesWithin(toBytes(env, arguments.values[0]), toDouble(env, arguments.values[1]), length);
  napi_value result = nullptr;
  // No bytes at all may lie behind a null pointer.
  if (data == nullptr && length > 0) return makeInt(env, -EINVAL);
  const uint32_t crc = ~method(~toUint(env, arguments.values[3]), data, length);
  napi_create_uint32(env, crc, &result);
  return result;
}

// crc32c(buffer, byteOffset, length, seed): seed is the CRC of what came before, 0 at the beginning.
napi_value crc32c(napi_env env, napi_callback_info info) {
  static const Method method = hasInstruction() ? crcByInstruction : crcByTables;
  return compute(env, info, method);
}

// The same by tables whatever the processor has: what the tests compare with.
napi_value crc32cByTables(napi_env env, napi_callback_info info) { return compute(env, info, crcByTables); }

napi_value hasCrc32cInstruction(napi_env env, napi_callback_info) {
  napi_value result = nullptr;
  napi_get_boolean(env, hasInstruction(), &result);
  return result;
}

}  // namespace

void exportCrc32c(napi_env env, napi_value exports) {
  exportFunction(env, exports, "crc32c", crc32c);
  exportFunction(env, exports, "crc32cByTables", crc32cByTables);
  exportFunction(env, exports, "hasCrc32cInstruction", hasCrc32cInstruction);
}

}  // namespace host
