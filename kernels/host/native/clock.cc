// Clocks, and stamps written straight into registered memory.
//
// A stamp is anchorNs + (ticks − anchorTicks) × nsPerTick with the time stamp counter, or CLOCK_MONOTONIC where that is not
// set. Whether the counter can be trusted, and the scale, is decided in kernels/host/clock-calibration.ts.
#include <cpuid.h>
#include <sys/timex.h>
#include <x86intrin.h>

#include <atomic>
#include <cstring>
#include <ctime>
#include <mutex>

#include "napi.h"

namespace host {
namespace {

// A handle and a slot travel as one small integer: handle × 4096 + slot.
constexpr uint32_t SLOT_BITS = 12;
constexpr uint32_t SLOTS_MAX = 1u << SLOT_BITS;
constexpr uint32_t TARGETS_MAX = 1024;

struct StampTarget {
  // Null while the place is free, FORGOTTEN once the memory was unmapped: the handle stays taken until its holder gives
  // it back, or that would free the one of somebody who got it meanwhile. Stored last, cleared first.
  std::atomic<double*> slots{nullptr};
  uint32_t count = 0;
};

double nowhere = 0;
double* const FORGOTTEN = &nowhere;

struct TscScale {
  uint64_t anchorTicks;
  double anchorNs;
  double nsPerTick;
};

StampTarget targets[TARGETS_MAX];
thread_local const uint32_t* stampRequest = nullptr;
std::mutex targetsMutex;

// Set in the prepare phase, before any thread stamps.
double calibration[8] = {};
TscScale scale = {0, 0, 0};
std::atomic<bool> useTsc{false};
std::atomic<bool> clockSet{false};

double toNs(const timespec& time) { return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec); }

double readClock(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return toNs(now);
}

// rdtscp waits until all earlier instructions have executed (Intel SDM volume 2B, AMD APM volume 3).
uint64_t readTicks() {
  unsigned int core = 0;
  return __rdtscp(&core);
}

double readStamp() {
  if (!useTsc.load(std::memory_order_acquire)) return readClock(CLOCK_MONOTONIC);
  return scale.anchorNs + static_cast<double>(static_cast<int64_t>(readTicks() - scale.anchorTicks)) * scale.nsPerTick;
}

napi_value monotonicNs(napi_env env, napi_callback_info) { return makeDouble(env, readClock(CLOCK_MONOTONIC)); }

// realtime(target): writes seconds and nanoseconds since 1970 into the first two doubles of the buffer. 0 or -errno.
napi_value realtime(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  double* target = reinterpret_cast<double*>(bytesWithin(toBytes(env, arguments.values[0]), 0, 16));
  if (target == nullptr) return makeInt(env, -EINVAL);
  timespec now = {};
  if (clock_gettime(CLOCK_REALTIME, &now) < 0) return makeInt(env, -errno);
  target[0] = static_cast<double>(now.tv_sec);
  target[1] = static_cast<double>(now.tv_nsec);
  return makeInt(env, 0);
}

// clockError(): by how many ns CLOCK_REALTIME may be off at most, as whoever disciplines it has told the kernel; 16 s and more
// while nobody does. Or -errno.
napi_value clockError(napi_env env, napi_callback_info) {
  timex state = {};
  if (adjtimex(&state) < 0) return makeDouble(env, -errno);
  return makeDouble(env, static_cast<double>(state.maxerror) * 1e3);
}

// sampleTicks(target, raw): one reading of the counter beside a clock, CLOCK_MONOTONIC_RAW or CLOCK_MONOTONIC. Writes
// four doubles: high and low word of the counter in the middle of the reading, the clock in ns, and by how many
// ticks the middle may be off. The tightest of 64 readings is kept: the others were interrupted or cold.
napi_value sampleTicks(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  double* target = reinterpret_cast<double*>(bytesWithin(toBytes(env, arguments.values[0]), 0, 32));
  if (target == nullptr) return makeInt(env, -EINVAL);
  const clockid_t clock = toBool(env, arguments.values[1]) ? CLOCK_MONOTONIC_RAW : CLOCK_MONOTONIC;
  uint64_t widthTicks = UINT64_MAX;
  for (int attempt = 0; attempt < 64; attempt++) {
    const uint64_t before = readTicks();
    const double timeNs = readClock(clock);
    const uint64_t after = readTicks();
    if (after - before >= widthTicks) continue;
    widthTicks = after - before;
    const uint64_t middle = before + widthTicks / 2;
    target[0] = static_cast<double>(middle >> 32);
    target[1] = static_cast<double>(middle & 0xffffffffu);
    target[2] = timeNs;
    target[3] = static_cast<double>(widthTicks) / 2;
  }
  return makeInt(env, 0);
}

// cpuidTicksPerSecond(): the counter's frequency as the processor or hypervisor states it, 0 when neither does.
// CPUID leaf 15H: crystal Hz × EBX / EAX (Intel SDM volume 3B, 19.7.3). Leaf 40000010H: kHz, when a hypervisor is present
// (bit 31 of leaf 1 ECX) and its leaves reach that far (the convention of KVM and VMware).
napi_value cpuidTicksPerSecond(napi_env env, napi_callback_info) {
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_max(0, nullptr) >= 0x15) {
    __cpuid_count(0x15, 0, eax, ebx, ecx, edx);
    if (eax != 0 && ebx != 0 && ecx != 0) return makeDouble(env, static_cast<double>(ecx) * ebx / eax);
  }
  __cpuid(1, eax, ebx, ecx, edx);
  if ((ecx >> 31) == 0) return makeDouble(env, 0);
  __cpuid(0x40000000, eax, ebx, ecx, edx);
  if (eax < 0x40000010) return makeDouble(env, 0);
  __cpuid(0x40000010, eax, ebx, ecx, edx);
  return makeDouble(env, static_cast<double>(eax) * 1000);
}

// setClock(calibration): eight doubles, drawn in kernels/host/clock-calibration.ts; all stamps of the process follow them
// from now on. 0 or -errno.
napi_value setClock(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const uint8_t* source = bytesWithin(toBytes(env, arguments.values[0]), 0, sizeof(calibration));
  if (source == nullptr) return makeInt(env, -EINVAL);
  memcpy(calibration, source, sizeof(calibration));
  scale.anchorTicks = static_cast<uint64_t>(calibration[1]) << 32 | static_cast<uint64_t>(calibration[2]);
  scale.anchorNs = calibration[3];
  scale.nsPerTick = calibration[4];
  useTsc.store(calibration[0] != 0, std::memory_order_release);
  clockSet.store(true, std::memory_order_release);
  return makeInt(env, 0);
}

// readClockSetting(target): the eight doubles in use. 1 when they were set, by whichever thread, else 0.
napi_value readClockSetting(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uint8_t* target = bytesWithin(toBytes(env, arguments.values[0]), 0, sizeof(calibration));
  if (target == nullptr) return makeInt(env, -EINVAL);
  if (!clockSet.load(std::memory_order_acquire)) return makeInt(env, 0);
  memcpy(target, calibration, sizeof(calibration));
  return makeInt(env, 1);
}

// registerStamps(buffer, byteOffset, count): a handle, or -errno. The caller keeps the buffer alive.
napi_value registerStamps(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  const uint32_t count = toUint(env, arguments.values[2]);
  uint8_t* place = bytesWithin(toBytes(env, arguments.values[0]), toDouble(env, arguments.values[1]), count * 8ul);
  if (place == nullptr || count == 0 || count > SLOTS_MAX) return makeInt(env, -EINVAL);
  const std::lock_guard<std::mutex> guard(targetsMutex);
  for (uint32_t handle = 0; handle < TARGETS_MAX; handle++) {
    StampTarget& target = targets[handle];
    if (target.slots.load(std::memory_order_relaxed) != nullptr) continue;
    target.count = count;
    target.slots.store(reinterpret_cast<double*>(place), std::memory_order_release);
    return makeInt(env, static_cast<int32_t>(handle));
  }
  return makeInt(env, -ENOMEM);
}

napi_value releaseStamps(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const uint32_t handle = toUint(env, arguments.values[0]);
  if (handle >= TARGETS_MAX) return makeInt(env, -EINVAL);
  targets[handle].slots.store(nullptr, std::memory_order_release);
  return makeInt(env, 0);
}

// setStampRequest(buffer): the word in which the calling thread says what to stamp. 0 or -errno. The caller keeps the
// buffer alive as long as its thread stamps.
napi_value setStampRequest(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uint8_t* place = bytesWithin(toBytes(env, arguments.values[0]), 0, 4);
  if (place == nullptr) return makeInt(env, -EINVAL);
  stampRequest = reinterpret_cast<const uint32_t*>(place);
  return makeInt(env, 0);
}

// stamp(): the hot path. What to stamp, handle × 4096 + slot, stands in the thread's request word: fetching an argument
// through Node-API costs as much as the rest of the call. Writes nothing when the target was released or unmapped.
napi_value stamp(napi_env, napi_callback_info) {
  const uint32_t* request = stampRequest;
  if (request == nullptr) return nullptr;
  const StampTarget& target = targets[(*request >> SLOT_BITS) % TARGETS_MAX];
  double* slots = target.slots.load(std::memory_order_acquire);
  const uint32_t slot = *request % SLOTS_MAX;
  if (slots != nullptr && slots != FORGOTTEN && slot < target.count) slots[slot] = readStamp();
  return nullptr;
}

}  // namespace

void forgetStampTargets(const uint8_t* begin, const uint8_t* end) {
  for (StampTarget& target : targets) {
    const uint8_t* slots = reinterpret_cast<const uint8_t*>(target.slots.load(std::memory_order_acquire));
    if (slots >= begin && slots < end) target.slots.store(FORGOTTEN, std::memory_order_release);
  }
}

void exportClock(napi_env env, napi_value exports) {
  exportFunction(env, exports, "monotonicNs", monotonicNs);
  exportFunction(env, exports, "realtime", realtime);
  exportFunction(env, exports, "clockError", clockError);
  exportFunction(env, exports, "sampleTicks", sampleTicks);
  exportFunction(env, exports, "cpuidTicksPerSecond", cpuidTicksPerSecond);
  exportFunction(env, exports, "setClock", setClock);
  exportFunction(env, exports, "readClockSetting", readClockSetting);
  exportFunction(env, exports, "registerStamps", registerStamps);
  exportFunction(env, exports, "releaseStamps", releaseStamps);
  exportFunction(env, exports, "setStampRequest", setStampRequest);
  exportFunction(env, exports, "stamp", stamp);
}

}  // namespace host
