// Which core a thread runs on and how the scheduler treats it; memory locking. A tid of 0 is the calling thread.
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "napi.h"

namespace host {
namespace {

// setAffinity(tid, cores): 0 or -errno.
napi_value setAffinity(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  uint32_t count = 0;
  napi_get_array_length(env, arguments.values[1], &count);
  cpu_set_t set;
  CPU_ZERO(&set);
  for (uint32_t i = 0; i < count; i++) {
    napi_value element = nullptr;
    napi_get_element(env, arguments.values[1], i, &element);
    const uint32_t core = toUint(env, element);
    if (core >= CPU_SETSIZE) return makeInt(env, -EINVAL);
    CPU_SET(core, &set);
  }
  return makeOutcome(env, sched_setaffinity(toInt(env, arguments.values[0]), sizeof(set), &set));
}

// getAffinity(tid): the cores it may run on, ascending, or -errno.
napi_value getAffinity(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(toInt(env, arguments.values[0]), sizeof(set), &set) < 0) return makeInt(env, -errno);
  napi_value cores = nullptr;
  napi_create_array(env, &cores);
  uint32_t count = 0;
  for (int core = 0; core < CPU_SETSIZE; core++) {
    if (CPU_ISSET(core, &set)) napi_set_element(env, cores, count++, makeInt(env, core));
  }
  return cores;
}

// setScheduler(tid, policy, priority): 0 or -errno.
napi_value setScheduler(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  sched_param param = {};
  param.sched_priority = toInt(env, arguments.values[2]);
  return makeOutcome(env, sched_setscheduler(toInt(env, arguments.values[0]), toInt(env, arguments.values[1]), &param));
}

// schedulerPolicy(tid): SCHED_OTHER 0, SCHED_FIFO 1, … or -errno.
napi_value schedulerPolicy(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return makeOutcome(env, sched_getscheduler(toInt(env, arguments.values[0])));
}

// schedulerPriority(tid): 0 for SCHED_OTHER, or -errno.
napi_value schedulerPriority(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  sched_param param = {};
  if (sched_getparam(toInt(env, arguments.values[0]), &param) < 0) return makeInt(env, -errno);
  return makeInt(env, param.sched_priority);
}

// lockMemory(future): what is mapped now, and with true what will be. 0 or -errno.
napi_value lockMemory(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const bool future = toBool(env, arguments.values[0]);
  return makeOutcome(env, mlockall(future ? MCL_CURRENT | MCL_FUTURE : MCL_CURRENT));
}

napi_value unlockMemory(napi_env env, napi_callback_info) { return makeOutcome(env, munlockall()); }

// yieldCore(): sched_yield never fails on Linux (sched_yield(2)).
napi_value yieldCore(napi_env, napi_callback_info) {
  sched_yield();
  return nullptr;
}

napi_value currentCore(napi_env env, napi_callback_info) { return makeOutcome(env, sched_getcpu()); }

napi_value currentThreadId(napi_env env, napi_callback_info) {
  return makeInt(env, static_cast<int32_t>(syscall(SYS_gettid)));
}

}  // namespace

void exportCores(napi_env env, napi_value exports) {
  exportFunction(env, exports, "setAffinity", setAffinity);
  exportFunction(env, exports, "getAffinity", getAffinity);
  exportFunction(env, exports, "setScheduler", setScheduler);
  exportFunction(env, exports, "schedulerPolicy", schedulerPolicy);
  exportFunction(env, exports, "schedulerPriority", schedulerPriority);
  exportFunction(env, exports, "lockMemory", lockMemory);
  exportFunction(env, exports, "unlockMemory", unlockMemory);
  exportFunction(env, exports, "yieldCore", yieldCore);
  exportFunction(env, exports, "currentCore", currentCore);
  exportFunction(env, exports, "currentThreadId", currentThreadId);
}

}  // namespace host
