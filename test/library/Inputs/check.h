/* What the C programs of these tests share: a check that tells where it failed, and the example's data. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                               \
  do                                                                                                                   \
    if (!(condition)) {                                                                                                \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                                        \
      exit(1);                                                                                                         \
    }                                                                                                                  \
  while (0)

/* A call with its status, and what its message has to contain. */
#define EXPECT(model, status, call, text)                                                                              \
  do {                                                                                                                 \
    enum bmc_status found = (call);                                                                                    \
    if (found != (status) || !strstr(bmc_message(model), text)) {                                                      \
      fprintf(stderr, "%s:%d: expected %d with '%s', found %d with '%s'\n", __FILE__, __LINE__, (int)(status), text,   \
              (int)found, bmc_message(model));                                                                         \
      exit(1);                                                                                                         \
    }                                                                                                                  \
  } while (0)

#endif
