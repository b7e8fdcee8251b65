// Heap memory for kernels that ask for it: an archive member of its own, so that other programs do not carry it.
#include <stdint.h>
#include <stdlib.h>

extern "C" void *halide_malloc(void *, size_t bytes) {
  void *memory = nullptr;
  // Halide's vector loads may read behind the end of an allocation.
  return posix_memalign(&memory, 64, bytes + 64) == 0 ? memory : nullptr;
}

extern "C" void halide_free(void *, void *memory) { free(memory); }
