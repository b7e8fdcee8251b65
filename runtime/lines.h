// Where a verb's lines go: a file that appears at the end, or standard output as they come.
#ifndef BMC_LINES_H
#define BMC_LINES_H

#include "errors.h"
#include "output_file.h"

#include <stdio.h>

namespace bmc {

struct Lines {
  OutputFile *file; // null: standard output

  void write(const Text &text) {
    if (file)
      file->write(text.get(), text.size());
    else if (fwrite(text.get(), 1, text.size(), stdout) != static_cast<size_t>(text.size()) || fflush(stdout) != 0)
      finishStandardOutput();
  }
};

} // namespace bmc

#endif
