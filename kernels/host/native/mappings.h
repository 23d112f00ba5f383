// The regions that this process has mapped, for the fault handler: fixed places that never move, read without a lock
// because a signal handler may take none.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace host {

constexpr int MAPPINGS_MAX = 128;

struct Mapping {
  // Null while the place is free. Stored last, cleared first.
  std::atomic<uint8_t*> base{nullptr};
  size_t length = 0;
  ino_t inode = 0;
};

extern Mapping mappings[MAPPINGS_MAX];

}  // namespace host
