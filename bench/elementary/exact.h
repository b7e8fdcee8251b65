/* The functions of elementary.bm and their true values. */
#ifndef EXACT_H
#define EXACT_H

struct function {
  const char *name, *entry;
  void (*exact)(const float *x, double *y, int count); /* null: of two numbers */
  void (*exactOfTwo)(const float *x, const float *y, double *z, int count);
};

extern const struct function functions[];
extern const int function_count;

/* Null if there is none of that name. */
const struct function *find_function(const char *name);

#endif
