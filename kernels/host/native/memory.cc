// Mapped files: lock, reserve, map, pre-fault, unmap. Opening and closing is Node's own fs.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>

#include "mappings.h"
#include "napi.h"

namespace host {

Mapping mappings[MAPPINGS_MAX];

namespace {

// Of x86-64, one entry of a page directory.
constexpr uintptr_t HUGE_PAGE_BYTES = uintptr_t{1} << 21;

// Several threads of one process may map at once; the hot paths and the fault handler never take this.
std::mutex mappingsMutex;

struct flock wholeFileWriteLock() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// lockFile(fd): an open-file-description lock, held until the descriptor is closed or the process dies. 0 or -errno;
// EAGAIN when someone else holds it.
napi_value lockFile(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  struct flock lock = wholeFileWriteLock();
  return makeOutcome(env, fcntl(toInt(env, arguments.values[0]), F_OFD_SETLK, &lock));
}

// isFileLocked(fd): 1 when another open file description holds the lock, 0 when none, or -errno.
napi_value isFileLocked(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  struct flock lock = wholeFileWriteLock();
  if (fcntl(toInt(env, arguments.values[0]), F_OFD_GETLK, &lock) < 0) return makeInt(env, -errno);
  return makeInt(env, lock.l_type == F_UNLCK ? 0 : 1);
}

// reserveFile(fd, offset, bytes): 0 or -errno. posix_fallocate returns the error itself.
napi_value reserveFile(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  const int fd = toInt(env, arguments.values[0]);
  const off_t offset = static_cast<off_t>(toDouble(env, arguments.values[1]));
  const off_t bytes = static_cast<off_t>(toDouble(env, arguments.values[2]));
  int error = EINTR;
  while (error == EINTR) error = posix_fallocate(fd, offset, bytes);
  return makeInt(env, -error);
}

// syncFileData(fd): fdatasync, 0 or -errno. Blocks.
napi_value syncFileData(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return makeOutcome(env, fdatasync(toInt(env, arguments.values[0])));
}

// Returns the index of the place, or -ENOMEM.
int rememberMapping(uint8_t* base, size_t length, ino_t inode) {
  const std::lock_guard<std::mutex> guard(mappingsMutex);
  for (int index = 0; index < MAPPINGS_MAX; index++) {
    Mapping& mapping = mappings[index];
    if (mapping.base.load(std::memory_order_relaxed) != nullptr) continue;
    mapping.length = length;
    mapping.inode = inode;
    mapping.base.store(base, std::memory_order_release);
    return index;
  }
  return -ENOMEM;
}

int findMapping(const uint8_t* base) {
  for (int index = 0; index < MAPPINGS_MAX; index++) {
    if (mappings[index].base.load(std::memory_order_acquire) == base) return index;
  }
  return -ENOENT;
}

// Kernels before 5.14 do not know MADV_POPULATE_*: there each page is touched. The file's blocks are reserved by then,
// so that neither way can end in SIGBUS.
int populate(uint8_t* base, size_t length, bool writable) {
#ifdef MADV_POPULATE_WRITE
  if (madvise(base, length, writable ? MADV_POPULATE_WRITE : MADV_POPULATE_READ) == 0) return 0;
  if (errno != EINVAL) return -errno;
#endif
  const size_t pageBytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t at = 0; at < length; at += pageBytes) {
    volatile uint8_t* page = base + at;
    const uint8_t value = *page;
    if (writable) *page = value;
  }
  return 0;
}

// mapFile(fd, bytes, writable): an ArrayBuffer over the pre-faulted shared mapping, or -errno.
napi_value mapFile(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  const int fd = toInt(env, arguments.values[0]);
  const size_t length = static_cast<size_t>(toDouble(env, arguments.values[1]));
  const bool writable = toBool(env, arguments.values[2]);
  struct stat facts = {};
  if (fstat(fd, &facts) < 0) return makeInt(env, -errno);
  void* address = mmap(nullptr, length, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return makeInt(env, -errno);
  uint8_t* base = static_cast<uint8_t*>(address);
  int outcome = populate(base, length, writable);
  if (outcome == 0) outcome = rememberMapping(base, length, facts.st_ino);
  if (outcome < 0) {
    munmap(base, length);
    return makeInt(env, outcome);
  }
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(env, base, length, nullptr, nullptr, &buffer) != napi_ok) {
    mappings[outcome].base.store(nullptr, std::memory_order_release);
    munmap(base, length);
    return makeInt(env, -ENOMEM);
  }
  return buffer;
}

// mappingIndex(buffer): the index that the fault handler reports for it, or -errno.
napi_value mappingIndex(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return makeInt(env, findMapping(toBytes(env, arguments.values[0]).data));
}

// adviseHugePages(buffer): asks for huge pages under the whole ones of them that the buffer spans. Bytes so advised (a
// double, 0 when it spans none) or -errno; EINVAL where the kernel was built without them.
napi_value adviseHugePages(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  void* data = nullptr;
  size_t bytes = 0;
  napi_get_arraybuffer_info(env, arguments.values[0], &data, &bytes);
  const uintptr_t first = (reinterpret_cast<uintptr_t>(data) + HUGE_PAGE_BYTES - 1) & ~(HUGE_PAGE_BYTES - 1);
  const uintptr_t last = (reinterpret_cast<uintptr_t>(data) + bytes) & ~(HUGE_PAGE_BYTES - 1);
  if (data == nullptr || last <= first) return makeDouble(env, 0);
  if (madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE) < 0) return makeInt(env, -errno);
  return makeDouble(env, static_cast<double>(last - first));
}

// unmapFile(buffer): 0 or -errno. Detaches first, so that a view left over reads as empty instead of faulting.
napi_value unmapFile(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const Bytes bytes = toBytes(env, arguments.values[0]);
  if (bytes.data == nullptr) return makeInt(env, -EINVAL);
  const std::lock_guard<std::mutex> guard(mappingsMutex);
  const int index = findMapping(bytes.data);
  if (index < 0) return makeInt(env, index);
  if (napi_detach_arraybuffer(env, arguments.values[0]) != napi_ok) return makeInt(env, -EINVAL);
  forgetStampTargets(bytes.data, bytes.data + bytes.length);
  forgetWords(bytes.data, bytes.data + bytes.length);
  forgetFaultSlot(bytes.data, bytes.data + bytes.length);
  const size_t length = mappings[index].length;
  mappings[index].base.store(nullptr, std::memory_order_release);
  return makeOutcome(env, munmap(bytes.data, length));
}

}  // namespace

void exportMemory(napi_env env, napi_value exports) {
  exportFunction(env, exports, "lockFile", lockFile);
  exportFunction(env, exports, "isFileLocked", isFileLocked);
  exportFunction(env, exports, "reserveFile", reserveFile);
  exportFunction(env, exports, "syncFileData", syncFileData);
  exportFunction(env, exports, "mapFile", mapFile);
  exportFunction(env, exports, "mappingIndex", mappingIndex);
  exportFunction(env, exports, "adviseHugePages", adviseHugePages);
  exportFunction(env, exports, "unmapFile", unmapFile);
}

}  // namespace host
