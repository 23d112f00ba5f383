{
  "targets": [
    {
      "target_name": "crosskernel_host",
      "sources": [
        "addon.cc",
        "clock.cc",
        "cores.cc",
        "crc32c.cc",
        "fault.cc",
        "futex.cc",
        "memory.cc",
        "process.cc",
        "sockets.cc"
      ],
      "cflags!": ["-O3"],
      "cflags": ["-O2", "-Wall", "-Wextra", "-Werror"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++17", "-fno-exceptions"]
    }
  ]
}
