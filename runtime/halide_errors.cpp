// What kernels call when something fails inside them: an archive member of its own, so that other programs do not carry
// it. Each function returns a code that the kernel, the entry function and then the runtime hand on.
#include <stdint.h>
#include <stdio.h>

/// Halide's numbers for the errors that a kernel without assertions can still report.
enum { halideGenericError = -1, halideOutOfMemory = -11 };

extern "C" int halide_error_out_of_memory(void *) { return halideOutOfMemory; }

extern "C" void halide_error(void *, const char *message) { fprintf(stderr, "%s\n", message); }

extern "C" void halide_print(void *, const char *message) { fputs(message, stderr); }

extern "C" int halide_error_requirement_failed(void *, const char *condition, const char *message) {
  fprintf(stderr, "a kernel requires %s: %s\n", condition, message);
  return halideGenericError;
}
