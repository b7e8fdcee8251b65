/* A compiled model as a library: what `bmc model.bm --emit=lib` and `--emit=so` make, called from C and C++.
 *
 * Such a library exports one object, a `struct bmc_library` that is named after the model (`simple_library`); the
 * header that bmc writes beside it declares it, with functions of the model's own types. Everything here works on any
 * model through that object, so that many models, and many instances of each, live in one program:
 *
 *     struct bmc_options options = BMC_OPTIONS;
 *     struct bmc_model *model;
 *     if (bmc_create(&simple_library, &options, &model) != BMC_OK) ...
 *     bmc_load_file(model, "simple.safetensors", BMC_WEIGHTS);
 *     simple_predict(model, x, 1, y);
 *     bmc_destroy(model);
 *
 * Threads. There is no state outside of instances. Different instances may be used by different threads at the same
 * time, one instance by one thread at a time. Describing functions, which take a `bmc_library`, are free of that.
 *
 * Memory. All memory comes from the allocator in the options, in `bmc_create` and `bmc_reserve`; the threads of
 * `options.threads` are started in `bmc_create`. `bmc_load_file` borrows memory for the file's header and gives it
 * back. No other function allocates or frees.
 *
 * Errors. Functions return BMC_OK or what went wrong; `bmc_message` then has a sentence for a person. Nothing here
 * prints, exits, aborts or installs a signal handler. After an error an instance is as it was before the call, where
 * the function does not say otherwise.
 *
 * Tensors are dense and row-major. Inputs, targets and outputs have the row as their first dimension; describing
 * functions leave it out. A buffer of the caller's whose address is a multiple of BMC_ALIGNMENT is read or written in
 * place; others are copied through memory of the instance. */
#ifndef BMC_MODEL_H
#define BMC_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The layout of `struct bmc_library`. A library of another layout is refused by `bmc_create`. */
#define BMC_LIBRARY_VERSION 3
#define BMC_ALIGNMENT 64
#define BMC_MAXIMUM_RANK 8

enum bmc_status {
  BMC_OK = 0,
  BMC_ERROR_ARGUMENT = 1, /* a null pointer, a name or an index that the model does not have, a wrong number of bytes */
  BMC_ERROR_ROWS = 2,     /* more rows than are reserved, or not the number that the model was compiled for */
  BMC_ERROR_STATE = 3,    /* the instance has no weights yet, or was not made for that */
  BMC_ERROR_FILE = 4,     /* a file cannot be opened, read or written */
  BMC_ERROR_FORMAT = 5,   /* weights that are broken or of another model */
  BMC_ERROR_MEMORY = 6,   /* the allocator gave no memory, or a buffer of the caller's is too small */
  BMC_ERROR_KERNEL = 7,   /* compiled code failed */
  BMC_ERROR_VERSION = 8   /* the library was compiled by another version of bmc */
};

/* Element types. A bool is one byte, 0 or 1. */
enum bmc_type {
  BMC_F32 = 0,
  BMC_F64 = 1,
  BMC_I32 = 2,
  BMC_I64 = 3,
  BMC_BOOL = 4,
  BMC_TEXT = 5 /* of raw columns only: a pointer to a zero-terminated text */
};

/* What a model has, for `bmc_count` and `bmc_describe`. */
enum bmc_list {
  BMC_INPUTS = 0,    /* what predict, evaluate and train_step take, in the order of their `inputs` */
  BMC_TARGETS = 1,   /* what evaluate and train_step take beside them */
  BMC_OUTPUTS = 2,   /* what predict gives */
  BMC_VARIABLES = 3, /* parameters, buffers and optimizer state */
  BMC_METRICS = 4,   /* what evaluate and train_step tell beside the loss: f64, a scalar or, such as a confusion
                        matrix, a tensor */
  BMC_HYPERS = 5,    /* numbers that `bmc_set_hyper` changes: `lr`, ... */
  BMC_LAYERS = 6,    /* the network's layers, for `bmc_describe_layer` */
  BMC_ENTRIES = 7,   /* methods that can be called beside predict; only their names are described here */
  BMC_COLUMNS = 8    /* raw columns that `bmc_prepare` takes: f64 or texts, several prepared alike as one */
};

/* What a variable is for. */
enum bmc_kind {
  BMC_VALUE = 0,     /* not a variable */
  BMC_PARAMETER = 1, /* trained */
  BMC_FROZEN = 2,    /* a parameter that training leaves as it is */
  BMC_BUFFER = 3,    /* running statistics */
  BMC_STATE = 4,     /* optimizer state: there only with `options.trains` */
  BMC_METRIC = 5     /* what a metric counts within a call */
};

/* What `bmc_describe` tells. The name lives as long as the library. */
struct bmc_tensor {
  const char *name;               /* `fc1.weight`, `x`, ... */
  int32_t type;                   /* enum bmc_type */
  int32_t kind;                   /* enum bmc_kind */
  int32_t rank;                   /* without the row dimension */
  int32_t only_predict;           /* 1: an input that evaluate and train_step do not take: its pointer may be null */
  int64_t dims[BMC_MAXIMUM_RANK]; /* without the row dimension */
  int64_t bytes;                  /* of all elements; of inputs, targets and outputs: of one row */
};

/* What `bmc_describe_layer` tells. Texts live as long as the library. */
struct bmc_layer_description {
  const char *name;   /* in the layer around it; empty: the network itself */
  const char *kind;   /* `Linear(in = 3, out = 2)` */
  const char *output; /* the shape that it gives; empty: it is not called, or gives no tensor */
  int64_t depth;      /* 0: the network */
  int64_t parameters; /* with those of the layers inside */
  double flops;       /* of the forward pass for one row */
  double bytes;       /* of parameters, buffers and, for one row, results */
};

/* Where memory comes from. Both functions are called only by the thread that calls into the instance. */
struct bmc_allocator {
  void *context; /* handed to both functions */
  /* `bytes` bytes at a multiple of `alignment`, a power of two; null if there are none. */
  void *(*allocate)(void *context, size_t bytes, size_t alignment);
  void (*release)(void *context, void *memory, size_t bytes);
};

struct bmc_model;

/* How an instance is made. Start from BMC_OPTIONS, so that fields of later versions have their defaults. */
struct bmc_options {
  size_t size;     /* sizeof(struct bmc_options) */
  int64_t rows;    /* the most rows of one call */
  int32_t threads; /* of parallel loops, the caller's included; 0: as many as there are CPUs. Results are the same. */
  int32_t trains;  /* 1: there is memory for `bmc_train_step`; 0: weights can be evaluated and used only */
  const struct bmc_allocator *allocator; /* null: the C library's. The struct is copied. */
  /* An instance of the same library whose parameters and buffers this one reads instead of having its own; null: none.
   * It must live longer, and must not change its weights while another thread is in a call with this one. Needs
   * `trains` to be 0. */
  struct bmc_model *weights;
  char *message; /* where `bmc_create` writes what went wrong; may be null */
  size_t message_bytes;
};

#define BMC_OPTIONS                                                                                                    \
  { sizeof(struct bmc_options), 1, 1, 1, NULL, NULL, NULL, 0 }

/* What is loaded and saved. */
enum bmc_contents {
  BMC_WEIGHTS = 0,   /* parameters and buffers: the weight files of compiled programs and of PyTorch's state_dict */
  BMC_EVERYTHING = 1 /* optimizer state, step and seed too: training goes on as if it had not been interrupted */
};

/* A compiled model. The functions below call through it; there is no other use of its fields but the first three. */
struct bmc_library {
  int64_t version;                /* BMC_LIBRARY_VERSION */
  const char *compiler;           /* the version of bmc that compiled it */
  const char *(*text)(int which); /* 0: its name; 1: the model file */
  const struct bmc_program *program;
  int64_t (*count)(const struct bmc_library *, int list);
  int (*describe)(const struct bmc_library *, int list, int64_t index, struct bmc_tensor *);
  int (*describe_layer)(const struct bmc_library *, int64_t index, struct bmc_layer_description *);
  int (*create)(const struct bmc_library *, const struct bmc_options *, struct bmc_model **);
  void (*destroy)(struct bmc_model *);
  const char *(*message)(const struct bmc_model *);
  int (*reserve)(struct bmc_model *, int64_t rows);
  int (*init)(struct bmc_model *, uint64_t seed);
  int (*train_step)(struct bmc_model *, const void *const *, const void *const *, int64_t, double *, double *);
  int (*evaluate)(struct bmc_model *, const void *const *, const void *const *, int64_t, double *, double *);
  int (*predict)(struct bmc_model *, const void *const *, int64_t, void *const *);
  void *(*variable)(struct bmc_model *, const char *, struct bmc_tensor *);
  int (*set)(struct bmc_model *, const char *, const void *, size_t);
  int (*get)(struct bmc_model *, const char *, void *, size_t);
  int (*set_hyper)(struct bmc_model *, const char *, double);
  int (*get_hyper)(struct bmc_model *, const char *, double *);
  int64_t (*step)(const struct bmc_model *);
  int (*load_file)(struct bmc_model *, const char *, int contents);
  int (*load_memory)(struct bmc_model *, const void *, size_t, int contents);
  int (*save_file)(struct bmc_model *, const char *, int contents);
  int (*save_memory)(struct bmc_model *, void *, size_t, size_t *, int contents);
  int64_t (*count_of_entry)(const struct bmc_library *, int64_t entry, int list);
  int (*describe_of_entry)(const struct bmc_library *, int64_t entry, int list, int64_t index, struct bmc_tensor *);
  int (*call)(struct bmc_model *, const char *entry, const void *const *, int64_t, void *const *);
  int (*end_epoch)(struct bmc_model *, double value);
  int (*prepare)(struct bmc_model *, const void *const *, int64_t, void *const *);
  int (*restore)(struct bmc_model *, int64_t output, const void *, int64_t, double *);
  void (*settle)(struct bmc_model *);
};

/* An instance. What is behind the pointer is its own business. */
struct bmc_model {
  const struct bmc_library *library;
};

/* What a library is --------------------------------------------------------------------------------------------- */

static inline const char *bmc_name(const struct bmc_library *library) { return library->text(0); }
static inline const char *bmc_source(const struct bmc_library *library) { return library->text(1); }

/* How many the model has of `list` (enum bmc_list); 0 for a list that does not exist. */
static inline int64_t bmc_count(const struct bmc_library *library, enum bmc_list list) {
  return library->count(library, list);
}

/* Fills `tensor` with what the model tells about entry `index` of `list`. Hypers are f64 scalars.
 * BMC_ERROR_ARGUMENT: there is no such entry, or it has more than BMC_MAXIMUM_RANK dimensions. */
static inline enum bmc_status bmc_describe(const struct bmc_library *library, enum bmc_list list, int64_t index,
                                           struct bmc_tensor *tensor) {
  return (enum bmc_status)library->describe(library, list, index, tensor);
}

/* Fills `layer` with what the model tells about entry `index` of BMC_LAYERS; outer layers come before the ones inside.
 * BMC_ERROR_ARGUMENT: there is no such entry. */
static inline enum bmc_status bmc_describe_layer(const struct bmc_library *library, int64_t index,
                                                 struct bmc_layer_description *layer) {
  return (enum bmc_status)library->describe_layer(library, index, layer);
}

/* The same for BMC_INPUTS and BMC_OUTPUTS of entry number `entry` of BMC_ENTRIES. */
static inline int64_t bmc_count_of_entry(const struct bmc_library *library, int64_t entry, enum bmc_list list) {
  return library->count_of_entry(library, entry, list);
}
static inline enum bmc_status bmc_describe_of_entry(const struct bmc_library *library, int64_t entry,
                                                    enum bmc_list list, int64_t index, struct bmc_tensor *tensor) {
  return (enum bmc_status)library->describe_of_entry(library, entry, list, index, tensor);
}

/* Instances ----------------------------------------------------------------------------------------------------- */

/* Makes an instance, without weights: `bmc_init` or `bmc_load_file` comes next. `options` may be null for BMC_OPTIONS.
 * On an error `*model` is null and `options->message` tells why. */
static inline enum bmc_status bmc_create(const struct bmc_library *library, const struct bmc_options *options,
                                         struct bmc_model **model) {
  *model = NULL;
  if (library->version != BMC_LIBRARY_VERSION)
    return BMC_ERROR_VERSION;
  return (enum bmc_status)library->create(library, options, model);
}

/* Ends the instance's threads and gives its memory back. A null pointer is ignored. */
static inline void bmc_destroy(struct bmc_model *model) {
  if (model)
    model->library->destroy(model);
}

/* What the last call with this instance had to say: an error, or after BMC_OK an empty text or a warning (tensors of a
 * file that the model does not have). Valid until the next call. */
static inline const char *bmc_message(const struct bmc_model *model) { return model->library->message(model); }

/* Makes room for calls with up to `rows` rows. BMC_ERROR_MEMORY: there is none; what was reserved before stays. */
static inline enum bmc_status bmc_reserve(struct bmc_model *model, int64_t rows) {
  return (enum bmc_status)model->library->reserve(model, rows);
}

/* Training and predicting --------------------------------------------------------------------------------------- */

/* Gives all variables the initial values that belong to the seed, as `train --seed` does, and sets the step to 0. */
static inline enum bmc_status bmc_init(struct bmc_model *model, uint64_t seed) {
  return (enum bmc_status)model->library->init(model, seed);
}

/* One step of training on a batch of `rows` rows: forward, backward, the optimizer's update.
 * `inputs` and `targets` have one pointer for each entry of BMC_INPUTS and BMC_TARGETS. `loss`, which may be null, gets
 * the mean of the batch's losses before the update; `metrics`, which may be null, the elements of all entries of
 * BMC_METRICS, one entry after the other, as f64. Where the model file has `accumulate = K`, calls add their gradients
 * up, and each K-th one makes a step of their mean. Where it has steps with names, each call takes those whose turn it
 * is: `loss` is the sum of theirs, and metrics of steps that are left out are NaN. An integer target that names a class
 * must be below the number of classes: that is not checked. */
static inline enum bmc_status bmc_train_step(struct bmc_model *model, const void *const *inputs,
                                             const void *const *targets, int64_t rows, double *loss, double *metrics) {
  return (enum bmc_status)model->library->train_step(model, inputs, targets, rows, loss, metrics);
}

/* Tells schedules that learn from epochs, such as `plateau`, what an epoch came to: the value that the model file's
 * `monitor` looks at, the loss if it says nothing. Without such schedules it does nothing. */
static inline enum bmc_status bmc_end_epoch(struct bmc_model *model, double value) {
  return (enum bmc_status)model->library->end_epoch(model, value);
}

/* Loss and metrics of a batch; arguments as for `bmc_train_step`. Changes no variable. */
static inline enum bmc_status bmc_evaluate(struct bmc_model *model, const void *const *inputs,
                                           const void *const *targets, int64_t rows, double *loss, double *metrics) {
  return (enum bmc_status)model->library->evaluate(model, inputs, targets, rows, loss, metrics);
}

/* The model's outputs for `rows` rows. `outputs` has one pointer for each entry of BMC_OUTPUTS, to room for
 * `rows * bytes` bytes each; a null pointer: that output is not wanted. */
static inline enum bmc_status bmc_predict(struct bmc_model *model, const void *const *inputs, int64_t rows,
                                          void *const *outputs) {
  return (enum bmc_status)model->library->predict(model, inputs, rows, outputs);
}

/* Calls an entry of the network by its name, with a pointer for each of its inputs and outputs, as `bmc_predict` does.
 * BMC_ERROR_ARGUMENT: there is none of that name. */
static inline enum bmc_status bmc_call(struct bmc_model *model, const char *entry, const void *const *inputs,
                                       int64_t rows, void *const *outputs) {
  return (enum bmc_status)model->library->call(model, entry, inputs, rows, outputs);
}

/* Makes inputs of raw columns, as the model's program does with a table: by the preparation that the model file
 * declares and what was learned for it, which comes with the weights that the program trained. `columns` has one
 * pointer for each entry of BMC_COLUMNS: to `double [rows]` (NaN: missing) or, for texts, `const char *[rows]` (null:
 * missing); an entry with a dimension has as many values in each row. `inputs` has one pointer for each entry of
 * BMC_INPUTS, to room for `rows * bytes` bytes each. BMC_ERROR_STATE: the weights do not tell what was learned.
 * BMC_ERROR_ARGUMENT: a value that has no place in the inputs, such as an unknown category; its row counts from 0. */
static inline enum bmc_status bmc_prepare(struct bmc_model *model, const void *const *columns, int64_t rows,
                                          void *const *inputs) {
  return (enum bmc_status)model->library->prepare(model, columns, rows, inputs);
}

/* Brings values of an output back into the units of the columns that its target is made of; those of a target without a
 * preparation, or without a target, stay as they are. `to` gets as many elements as `values` has in `rows` rows. */
static inline enum bmc_status bmc_restore(struct bmc_model *model, int64_t output, const void *values, int64_t rows,
                                          double *to) {
  return (enum bmc_status)model->library->restore(model, output, values, rows, to);
}

/* The number of steps since `bmc_init`, or as loaded with BMC_EVERYTHING. */
static inline int64_t bmc_step(const struct bmc_model *model) { return model->library->step(model); }

/* Variables and hyperparameters --------------------------------------------------------------------------------- */

/* The variable's own memory, which stays where it is as long as the instance lives; `tensor`, which may be null, is
 * filled as by `bmc_describe`. It may be read and written between calls. Null, with a message: there is none of that
 * name, or it is optimizer state and the instance does not train.
 * Predictions and evaluations always see the weights as they are. They read some of them in another order, packed,
 * which the first such call behind a change makes: behind `bmc_init`, `bmc_train_step`, `bmc_set` and loading. A change
 * through a pointer is not seen; so once this function has given one to a parameter or a buffer, each call packs again,
 * until `bmc_settle`. `bmc_get` and `bmc_set` do without that. Where other instances read the weights, asking for such a
 * pointer counts as changing them. */
static inline void *bmc_find_variable(struct bmc_model *model, const char *name, struct bmc_tensor *tensor) {
  return model->library->variable(model, name, tensor);
}

/* A promise that nothing is written through pointers to parameters and buffers that `bmc_find_variable` gave so far:
 * calls need not pack the weights again. It ends with the next such pointer. */
static inline void bmc_settle(struct bmc_model *model) { model->library->settle(model); }

/* Copies a whole variable in or out. `bytes` must be its size: BMC_ERROR_ARGUMENT otherwise. */
static inline enum bmc_status bmc_set(struct bmc_model *model, const char *name, const void *from, size_t bytes) {
  return (enum bmc_status)model->library->set(model, name, from, bytes);
}
static inline enum bmc_status bmc_get(struct bmc_model *model, const char *name, void *to, size_t bytes) {
  return (enum bmc_status)model->library->get(model, name, to, bytes);
}

/* A number that the model file names, such as `lr`: used by the following steps. */
static inline enum bmc_status bmc_set_hyper(struct bmc_model *model, const char *name, double value) {
  return (enum bmc_status)model->library->set_hyper(model, name, value);
}
static inline enum bmc_status bmc_get_hyper(struct bmc_model *model, const char *name, double *value) {
  return (enum bmc_status)model->library->get_hyper(model, name, value);
}

/* Weight files (safetensors) ------------------------------------------------------------------------------------ */

/* Loads weights. Each parameter and buffer (with BMC_EVERYTHING also optimizer state) must be there, with its shape and
 * type; f32 and f64 are converted into each other. Other tensors are left alone, with a warning in `bmc_message`.
 * BMC_ERROR_FILE or BMC_ERROR_FORMAT: the instance has its old weights, unless reading failed in the middle of the
 * file's data: then it has none. */
static inline enum bmc_status bmc_load_file(struct bmc_model *model, const char *path, enum bmc_contents contents) {
  return (enum bmc_status)model->library->load_file(model, path, contents);
}
/* The same from `size` bytes in memory, in the file's format. */
static inline enum bmc_status bmc_load_memory(struct bmc_model *model, const void *bytes, size_t size,
                                              enum bmc_contents contents) {
  return (enum bmc_status)model->library->load_memory(model, bytes, size, contents);
}

/* Saves weights; the file appears whole, under its name, or not at all. */
static inline enum bmc_status bmc_save_file(struct bmc_model *model, const char *path, enum bmc_contents contents) {
  return (enum bmc_status)model->library->save_file(model, path, contents);
}
/* The same into memory of the caller's. `*size` is set to the number of bytes that it takes. BMC_ERROR_MEMORY:
 * `capacity` is less than that (0 to ask for the size; `bytes` may then be null); nothing was written. */
static inline enum bmc_status bmc_save_memory(struct bmc_model *model, void *bytes, size_t capacity, size_t *size,
                                              enum bmc_contents contents) {
  return (enum bmc_status)model->library->save_memory(model, bytes, capacity, size, contents);
}

#ifdef __cplusplus
}
#endif

#endif
