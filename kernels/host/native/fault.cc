// The fault handler: writes what happened into the fault slot of the process's own region, then lets the process die
// of the signal. The slot's layout is drawn in kernels/host/fault.ts; the assertions below pair with it.
#include <csignal>
#include <cstddef>
#include <cstring>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ctime>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>

#include "mappings.h"
#include "napi.h"

namespace host {
namespace {

constexpr uint32_t FAULT_MAGIC = 0x544c4658;  // "XFLT"

struct FaultSlot {
  uint32_t magic;
  int32_t signal;
  int32_t code;
  int32_t mappingIndex;
  uint64_t address;
  uint64_t offset;
  uint64_t inode;
  uint64_t programCounter;
  int32_t pid;
  int32_t tid;
  double timeNs;
};
static_assert(sizeof(FaultSlot) == 64 && offsetof(FaultSlot, address) == 16 && offsetof(FaultSlot, offset) == 24 &&
                  offsetof(FaultSlot, inode) == 32 && offsetof(FaultSlot, programCounter) == 40 &&
                  offsetof(FaultSlot, pid) == 48 && offsetof(FaultSlot, timeNs) == 56,
              "the fault slot differs from its drawing in fault.ts");

std::atomic<FaultSlot*> faultSlot{nullptr};
struct sigaction previousSegv = {};
struct sigaction previousBus = {};

void dieOf(int signal) {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
  // Blocked while the handler runs: delivered as it returns to the faulting instruction.
  raise(signal);
}

void writeSlot(FaultSlot* slot, int signal, const siginfo_t* facts, const void* context, int index) {
  const uint8_t* address = static_cast<const uint8_t*>(facts->si_addr);
  struct timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  slot->signal = signal;
  slot->code = facts->si_code;
  slot->mappingIndex = index;
  slot->address = reinterpret_cast<uint64_t>(address);
  slot->offset = index < 0 ? 0 : static_cast<uint64_t>(address - mappings[index].base.load(std::memory_order_relaxed));
  slot->inode = index < 0 ? 0 : static_cast<uint64_t>(mappings[index].inode);
  slot->programCounter = static_cast<uint64_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
  slot->pid = static_cast<int32_t>(getpid());
  slot->tid = static_cast<int32_t>(syscall(SYS_gettid));
  slot->timeNs = static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
  std::atomic_thread_fence(std::memory_order_release);
  slot->magic = FAULT_MAGIC;
}

int mappingOf(const uint8_t* address) {
  for (int index = 0; index < MAPPINGS_MAX; index++) {
    const uint8_t* base = mappings[index].base.load(std::memory_order_acquire);
    if (base != nullptr && address >= base && address < base + mappings[index].length) return index;
  }
  return -1;
}

void onFault(int signal, siginfo_t* facts, void* context) {
  const int index = mappingOf(static_cast<const uint8_t*>(facts->si_addr));
  FaultSlot* slot = faultSlot.load(std::memory_order_acquire);
  if (slot != nullptr) writeSlot(slot, signal, facts, context, index);
  const struct sigaction& previous = signal == SIGBUS ? previousBus : previousSegv;
  // Outside our regions the fault may be one that V8 expects (a WebAssembly bounds check) and repairs: its handler
  // returns then, and what we noted is withdrawn.
  if (index < 0 && (previous.sa_flags & SA_SIGINFO) != 0 && previous.sa_sigaction != nullptr) {
    previous.sa_sigaction(signal, facts, context);
    struct sigaction current = {};
    sigaction(signal, nullptr, &current);
    if (current.sa_sigaction == onFault && slot != nullptr) slot->magic = 0;
    return;
  }
  dieOf(signal);
}

// Each thread needs an alternate stack of its own: a fault by stack overflow has no room left on the usual one.
// It stays mapped for the life of the process.
int useAlternateStack() {
  stack_t current = {};
  if (sigaltstack(nullptr, &current) < 0) return -errno;
  if ((current.ss_flags & SS_DISABLE) == 0) return 0;
  constexpr size_t STACK_BYTES = 64 * 1024;
  void* memory = mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return -errno;
  stack_t stack = {};
  stack.ss_sp = memory;
  stack.ss_size = STACK_BYTES;
  return sigaltstack(&stack, nullptr) < 0 ? -errno : 0;
}

int installHandler(int signal, struct sigaction* previous) {
  struct sigaction current = {};
  if (sigaction(signal, nullptr, &current) < 0) return -errno;
  if ((current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == onFault) return 0;
  *previous = current;
  struct sigaction action = {};
  action.sa_sigaction = onFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  return sigaction(signal, &action, nullptr) < 0 ? -errno : 0;
}

// installFaultHandler(buffer, byteOffset): SIGSEGV and SIGBUS of the whole process, the alternate stack of the calling
// thread. 0 or -errno.
napi_value installFaultHandler(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  uint8_t* place =
      bytesWithin(toBytes(env, arguments.values[0]), toDouble(env, arguments.values[1]), sizeof(FaultSlot));
  if (place == nullptr) return makeInt(env, -EINVAL);
  memset(place, 0, sizeof(FaultSlot));
  int outcome = useAlternateStack();
  if (outcome == 0) outcome = installHandler(SIGSEGV, &previousSegv);
  if (outcome == 0) outcome = installHandler(SIGBUS, &previousBus);
  if (outcome == 0) faultSlot.store(reinterpret_cast<FaultSlot*>(place), std::memory_order_release);
  return makeInt(env, outcome);
}

}  // namespace

void forgetFaultSlot(const uint8_t* begin, const uint8_t* end) {
  const uint8_t* slot = reinterpret_cast<const uint8_t*>(faultSlot.load(std::memory_order_acquire));
  if (slot >= begin && slot < end) faultSlot.store(nullptr, std::memory_order_release);
}

void exportFault(napi_env env, napi_value exports) {
  exportFunction(env, exports, "installFaultHandler", installFaultHandler);
}

}  // namespace host
