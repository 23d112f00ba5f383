// Waiting for a word of shared memory, and waking its waiters, across processes: futex(2) without FUTEX_PRIVATE_FLAG.
// The kernel finds a shared futex by file and offset, so that a waiter's mapping may be read-only.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <ctime>
#include <mutex>

#include "napi.h"

namespace host {
namespace {

constexpr uint32_t WORDS_MAX = 4096;

// Null while the place is free, FORGOTTEN once the memory was unmapped: the handle stays taken until its holder gives it
// back, or that would free the one of somebody who got it meanwhile.
std::atomic<uint32_t*> words[WORDS_MAX];
std::mutex wordsMutex;

uint32_t nowhere = 0;
uint32_t* const FORGOTTEN = &nowhere;

// Null when the handle is free or its memory was unmapped.
uint32_t* wordOf(napi_env env, napi_value value) {
  uint32_t* word = words[toUint(env, value) % WORDS_MAX].load(std::memory_order_acquire);
  return word == FORGOTTEN ? nullptr : word;
}

// registerWord(buffer, byteOffset): a handle, or -errno. The caller keeps the buffer alive.
napi_value registerWord(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  uint8_t* place = bytesWithin(toBytes(env, arguments.values[0]), toDouble(env, arguments.values[1]), 4);
  if (place == nullptr) return makeInt(env, -EINVAL);
  const std::lock_guard<std::mutex> guard(wordsMutex);
  for (uint32_t handle = 0; handle < WORDS_MAX; handle++) {
    if (words[handle].load(std::memory_order_relaxed) != nullptr) continue;
    words[handle].store(reinterpret_cast<uint32_t*>(place), std::memory_order_release);
    return makeInt(env, static_cast<int32_t>(handle));
  }
  return makeInt(env, -ENOMEM);
}

napi_value releaseWord(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const uint32_t handle = toUint(env, arguments.values[0]);
  if (handle >= WORDS_MAX) return makeInt(env, -EINVAL);
  words[handle].store(nullptr, std::memory_order_release);
  return makeInt(env, 0);
}

// 0 woken, 1 timed out, 2 the value differed, 3 interrupted by a signal, or -errno.
napi_value makeWaitOutcome(napi_env env, long outcome) {
  if (outcome >= 0) return makeInt(env, 0);
  switch (errno) {
    case ETIMEDOUT:
      return makeInt(env, 1);
    case EAGAIN:
      return makeInt(env, 2);
    case EINTR:
      return makeInt(env, 3);
    default:
      return makeInt(env, -errno);
  }
}

// waitForWord(handle, expected, timeoutNs): sleeps while the word equals `expected`; a negative timeout waits for ever.
napi_value waitForWord(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  uint32_t* word = wordOf(env, arguments.values[0]);
  if (word == nullptr) return makeInt(env, -EFAULT);
  const double timeoutNs = toDouble(env, arguments.values[2]);
  timespec timeout = {};
  timeout.tv_sec = timeoutNs < 0 ? 0 : static_cast<time_t>(timeoutNs / 1e9);
  timeout.tv_nsec = timeoutNs < 0 ? 0 : static_cast<long>(std::fmod(timeoutNs, 1e9));
  const long outcome = syscall(SYS_futex, word, FUTEX_WAIT, toInt(env, arguments.values[1]),
                               timeoutNs < 0 ? nullptr : &timeout, nullptr, 0);
  return makeWaitOutcome(env, outcome);
}

// As the kernel defines it (linux/futex.h since 5.16); named here so that older headers do.
struct WaitEntry {
  uint64_t value;
  uint64_t address;
  uint32_t flags;
  uint32_t reserved;
};
constexpr long FUTEX_WAITV_CALL = 449;
constexpr uint32_t WORD_OF_32_BITS = 2;
constexpr size_t GROUP_MAX = 16;

// waitForWords(request, count, timeoutNs): sleeps while each of `count` words equals what is expected of it. The request
// holds a handle and an expected value for each, as 32-bit integers. Outcomes as of waitForWord; -ENOSYS before Linux 5.16.
napi_value waitForWords(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  const uint32_t count = toUint(env, arguments.values[1]);
  if (count == 0 || count > GROUP_MAX) return makeInt(env, -EINVAL);
  const uint8_t* request = bytesWithin(toBytes(env, arguments.values[0]), 0, count * 2 * sizeof(int32_t));
  if (request == nullptr) return makeInt(env, -EINVAL);
  WaitEntry entries[GROUP_MAX] = {};
  for (uint32_t i = 0; i < count; i++) {
    uint32_t pair[2];
    std::memcpy(pair, request + i * sizeof pair, sizeof pair);
    uint32_t* word = words[pair[0] % WORDS_MAX].load(std::memory_order_acquire);
    if (word == nullptr || word == FORGOTTEN) return makeInt(env, -EFAULT);
    entries[i] = {pair[1], reinterpret_cast<uintptr_t>(word), WORD_OF_32_BITS, 0};
  }
  const double timeoutNs = toDouble(env, arguments.values[2]);
  timespec until = {};
  if (timeoutNs >= 0) {
    // Unlike FUTEX_WAIT this call takes a point in time.
    clock_gettime(CLOCK_MONOTONIC, &until);
    const double nanoseconds = static_cast<double>(until.tv_nsec) + std::fmod(timeoutNs, 1e9);
    until.tv_sec += static_cast<time_t>(timeoutNs / 1e9) + (nanoseconds >= 1e9 ? 1 : 0);
    until.tv_nsec = static_cast<long>(std::fmod(nanoseconds, 1e9));
  }
  const long outcome =
      syscall(FUTEX_WAITV_CALL, entries, count, 0, timeoutNs < 0 ? nullptr : &until, CLOCK_MONOTONIC);
  return makeWaitOutcome(env, outcome);
}

// wakeWord(handle, count): how many waiters were woken, or -errno.
napi_value wakeWord(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  uint32_t* word = wordOf(env, arguments.values[0]);
  if (word == nullptr) return makeInt(env, -EFAULT);
  const long outcome = syscall(SYS_futex, word, FUTEX_WAKE, toInt(env, arguments.values[1]), nullptr, nullptr, 0);
  return makeOutcome(env, static_cast<int>(outcome));
}

}  // namespace

void forgetWords(const uint8_t* begin, const uint8_t* end) {
  for (std::atomic<uint32_t*>& word : words) {
    const uint8_t* place = reinterpret_cast<const uint8_t*>(word.load(std::memory_order_acquire));
    if (place >= begin && place < end) word.store(FORGOTTEN, std::memory_order_release);
  }
}

void exportFutex(napi_env env, napi_value exports) {
  exportFunction(env, exports, "registerWord", registerWord);
  exportFunction(env, exports, "releaseWord", releaseWord);
  exportFunction(env, exports, "waitForWord", waitForWord);
  exportFunction(env, exports, "waitForWords", waitForWords);
  exportFunction(env, exports, "wakeWord", wakeWord);
}

}  // namespace host
