/* The contract between compiled code and the runtime.
 *
 * The host code that bmc generates (codegen/host) defines one constant object, `bmc_program`. It describes everything
 * that the verbs need: parameters, optimizer state, data columns, entry functions, kernels. The runtime reads it and
 * never knows a model. Both sides are compiled from this one header's layout: codegen/host/ProgramTable.cpp writes the
 * structs below field by field, in this order. A change here changes `BMC_PROGRAM_VERSION`.
 *
 * Conventions: all tensors are dense, row-major, 64-byte aligned. Sizes are elements unless a name says bytes.
 * Strings are zero-terminated UTF-8 and live as long as the program. */
#ifndef BMC_PROGRAM_H
#define BMC_PROGRAM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BMC_PROGRAM_VERSION = 6 };

/** Element types; the value is an index, the size in bytes is `bmc_element_bytes`. Booleans are one byte, 0 or 1. */
enum bmc_element { bmc_f32 = 0, bmc_f64 = 1, bmc_i32 = 2, bmc_i64 = 3, bmc_bool = 4 };

/** What an argument or a result of an entry function is for. */
enum bmc_role {
  bmc_role_parameter = 0,      /**< trainable, or frozen: saved under its `state_dict` name */
  bmc_role_buffer = 1,         /**< running statistics: saved, not trained */
  bmc_role_state = 2,          /**< optimizer state: saved only in checkpoints */
  bmc_role_metric_state = 3,   /**< what a metric accumulates: reset before each pass, saved only in checkpoints */
  bmc_role_input = 4,          /**< a field of a data set */
  bmc_role_hyper = 5,          /**< a number of the train block that `--set` can change; rank 0, f64 */
  bmc_role_step = 6,           /**< 1 for the first step; rank 0, f64 */
  bmc_role_key = 7,            /**< random key; i32[2] */
  bmc_role_loss = 8,           /**< result only; rank 0, f32 or f64: the mean over the batch's rows */
  bmc_role_metric = 9,         /**< result only: of `train` and `evaluate` as loss; of `measure` the value for all rows,
                                  of any static shape */
  bmc_role_output = 10,        /**< result only: what `predict` prints */
  bmc_role_prediction = 11,    /**< result of `train` and `evaluate`: what the network gave for the rows of the batch;
                                  argument of `measure`: the same for all rows */
  bmc_role_probabilities = 12, /**< result only: what the loss makes of the output for a field of categories */
  bmc_role_monitored = 13,     /**< the value of an epoch that `monitor` looks at; rank 0, f64 */
  bmc_role_rate = 14,          /**< result of `rates`: a number that a schedule gives to an optimizer; rank 0, f64 */
  bmc_role_given = 15,         /**< argument of `explain`: `scale`, `choice` or `shadow.` and the name of a field */
  bmc_role_gradient = 16,      /**< result of `explain`: with respect to a field */
  bmc_role_packed = 17         /**< weights as products read them: what `prepare` gives, and others take */
};

/** A dimension: `constant`, unless `symbol` >= 0, then the value of that symbol of the function (N, T, ...). A result
 * whose dimension is neither has symbol -2: ask `result_dims`. */
struct bmc_dim {
  int64_t constant;
  int64_t symbol;
};

/** A value that lives in the program: a parameter, a buffer, optimizer state, a metric's, or packed weights. Its shape
 * is static. */
struct bmc_variable {
  const char *name; /**< `fc1.weight`; optimizer state: `fc1.weight.m`; a metric's: `accuracy.hits`, `units.y`; packed:
                         `packed:fc1.weight` */
  int16_t role;     /**< bmc_role_parameter, _buffer, _state or _metric_state; _packed */
  int16_t element;
  int16_t rank;
  int16_t trainable; /**< 0 for frozen parameters and buffers */
  const int64_t *dims;
};

/** An argument or a result of an entry function. */
struct bmc_value {
  const char *name;
  int16_t role;
  int16_t element;
  int32_t rank;
  const struct bmc_dim *dims;
  int32_t index; /**< variable: index into `variables`; packed: into `packed`; input, probabilities and gradient: into
                      `fields`; output: into `fields`, the target that it answers for, or -1; hyper: into `hypers`;
                      metric: its number; prediction: number of the output */
  int32_t alias; /**< results: the argument whose buffer it is written into (donation), or -1 */
};

/** An entry function. `buffers` holds the arguments' pointers and then the pointers of all results; an aliased result's
 * pointer equals its argument's. `symbols` holds the values of the symbols in their order. `arena` holds
 * `arena_bytes(symbols)` bytes, 64-byte aligned. Returns 0, or what the first failing kernel returned. */
struct bmc_function {
  const char *name;
  int32_t (*run)(void *const *buffers, const int64_t *symbols, char *arena);
  int64_t (*arena_bytes)(const int64_t *symbols);             /**< may be null: no bytes */
  void (*result_dims)(const int64_t *symbols, int64_t *dims); /**< the dims of all results, one after the other; may be
                                                                   null where no dim has symbol -2 */
  int64_t argument_count;
  const struct bmc_value *arguments;
  int64_t result_count;
  const struct bmc_value *results;
  int64_t symbol_count;
  const char *const *symbol_names; /**< `N`, `T`, ... */
  int64_t kernel_call_count;       /**< for `info`; a call in a loop counts once */
};

/* Data. What the runtime can do with a column or a file is an object of its own, which a program names and thereby
 * links: those of runtime/preparation.h, runtime/source.h, runtime/split.h and runtime/helper_thread.h. */
struct bmc_step_kind; /**< `bmc_step_normalise`, ... */
struct bmc_encoding;  /**< `bmc_encoding_one_hot`, `bmc_encoding_category`, ... */
struct bmc_format;    /**< `bmc_format_table`, ... */
struct bmc_splitter;  /**< `bmc_splitter` */
struct bmc_helper;    /**< `bmc_helper_thread` */
struct bmc_packer;    /**< `bmc_weight_packer` */

/** A step of a preparation: a number in, a number out. */
struct bmc_step {
  const struct bmc_step_kind *kind;
  double arguments[2];
};

/** How the columns of a feature are found. */
enum bmc_selection {
  bmc_select_numbers = 0, /**< `columns`, from 0 */
  bmc_select_names = 1,   /**< `names` in the header */
  bmc_select_others = 2,  /**< all but `columns` and `names`; `column_count` of them */
  bmc_select_array = 3    /**< all `column_count` values of the array `names[0]` */
};

/** What stands for a missing cell of a category. */
enum bmc_missing { bmc_missing_is_error = 0, bmc_missing_is_text = 1, bmc_missing_is_most_frequent = 2 };

/** Columns that are prepared alike: numbers that run through steps, or, with an encoding, categories. */
struct bmc_feature {
  const char *name; /**< `x.0`: what is learned is stored under it */
  int64_t selection;
  int64_t column_count; /**< how many it takes of a row */
  int64_t number_count;
  const int64_t *numbers;
  int64_t name_count;
  const char *const *names;
  int64_t step_count;
  const struct bmc_step *steps;
  const struct bmc_encoding *encoding; /**< null: numbers */
  int64_t category_count;              /**< with an encoding */
  const char *const *categories;       /**< their texts in order; null: learned from the training rows */
  int64_t has_unknown;                 /**< 1: the last category stands for every text that is none of the others */
  int64_t missing;
  const char *missing_text;
  int64_t width;       /**< values that a column gives */
  int64_t padding;     /**< of texts as sequences: what fills them up */
  int64_t has_ignored; /**< of class numbers: 1: a row without a class, or with this one, does not count */
  int64_t ignored;     /**< what the loss takes for such a row */
};

/** A tensor that the model takes from its data: `x`, `y`, ... The first dimension is the row. */
struct bmc_field {
  const char *name;
  int32_t element;
  int32_t is_input; /**< 1: `predict` needs it; 0: only training and evaluation do (targets) */
  int64_t rank;     /**< without the row dimension; the product of `dims` is the number of values a row */
  const int64_t *dims;
  int64_t feature_count;
  const struct bmc_feature *features; /**< one behind the other they give a row's values */
  int64_t classes;                    /**< the exclusive upper bound of class numbers, else 0 */
  int64_t class_weights;              /**< the variable that gets the weights of its classes, or -1 */
  int64_t is_outside;                 /**< 1: the data sets do not have it, only what `predict` and entries read does */
  int64_t units; /**< of a target: the metric state, f64[lines, 2, columns], that gets the shifts and the scales by
                      which metrics come back into the units of its columns: a line between any two functions such as
                      `log`, that of the last steps first; or -1 */
};

/** A file of a data set; the files of a table, a text or an archive have no name, those of arrays that of the array. */
struct bmc_file {
  const char *name;
  const char *path; /**< as written in the model file */
};

/** How the rows of a file become several data sets. */
struct bmc_split {
  const struct bmc_splitter *splitter;
  double parts[3]; /**< the shares of train, valid and test, with the sum 1 */
  int64_t seed;
  const struct bmc_feature *stratify; /**< the column whose shares each part keeps, or null */
};

/** A cross-validation: how the training rows are dealt out. */
struct bmc_folds {
  const struct bmc_splitter *splitter;
  int64_t count;
  int64_t seed;
  const struct bmc_feature *stratify; /**< the column whose shares each fold has, or null */
};

/** A data set of the train block: `data` is called `train`, the others `valid` and `test`. */
struct bmc_dataset {
  const char *name;
  const struct bmc_format *format;
  int64_t file_count;
  const struct bmc_file *files;
  int64_t separator; /**< of a table's cells or a line's label; 0: found in the first line */
  int64_t header;    /**< of a table: 1 or 0; -1: found out */
  int64_t missing_count;
  const char *const *missing;    /**< cells of a table that hold nothing; null: the usual ones */
  int64_t window, stride;        /**< of a text: characters a row, and from row to row */
  const struct bmc_split *split; /**< null: all rows */
  int64_t part;                  /**< which part of the split this set is */
  const struct bmc_folds *folds; /**< of the training data; null: the model file names none */
  /** The thread that gathers a batch while one is trained on; null: a step takes all rows. */
  const struct bmc_helper *helper;
};

/** A number that `--set NAME=VALUE` can change: `lr`, `beta1`, ... */
struct bmc_hyper {
  const char *name;
  double value;
};

/** A number of the model file that `--set` cannot change. */
struct bmc_fixed {
  const char *name;
  const char *reason;
};

/** A step of training that has a name. */
struct bmc_train_step {
  const char *name; /**< a metric with this name is its loss */
  int64_t every;    /**< of how many batches one takes it */
  const struct bmc_function *function;
};

/** A method of a network that can be called beside `predict`. */
struct bmc_entry {
  const char *name;                    /**< `encode`; of several networks `g.encode` */
  const struct bmc_function *function; /**< (variables, inputs) -> outputs */
};

/** Whose weights are saved at the end of training. */
enum bmc_keep {
  bmc_keep_last = 0,
  bmc_keep_best = 1,
  bmc_keep_automatic = 2 /**< the best epoch's where there is a validation set, else the last one's */
};

/** Which epoch counts as the best one, and what follows from that. */
struct bmc_monitor {
  const char *name; /**< `loss`, `valid loss`, a metric, `valid ` and a metric; empty: `valid loss` where there is a
                         validation set, else `loss` */
  int64_t maximize; /**< 1: the best value is the largest one */
  int64_t patience; /**< epochs in a row without a better one before training stops; 0: it never does */
  double min_delta; /**< by how much an epoch must be better for `patience` to start again */
  int64_t keep;     /**< bmc_keep */
};

/** A layer of the network, for `info`. */
struct bmc_layer {
  const char *name; /**< in the layer around it; empty: the network itself */
  int64_t depth;
  const char *kind;        /**< `Linear(in = 3, out = 2)` */
  const char *output;      /**< the shape that it gives; empty: it is not called, or gives no tensor */
  int64_t parameter_count; /**< with the layers inside */
  double flops;            /**< of the forward pass for one row, every symbol being 1 */
  double bytes;            /**< of parameters, buffers and, for one row, results */
};

/** A distinct kernel. `run` and `plain` take pointers to its arguments: to its symbols, i32 each, then
 * halide_buffer_t's (runtime/halide_buffer.h), one for each argument that no result is written into, and one for each
 * result. They read nothing of a buffer but the address, and the strides where a dimension but the first is not a
 * constant. `plain` is the same algorithm without a schedule. */
struct bmc_kernel {
  const char *name;
  const char *schedule; /**< as text */
  const char *location; /**< `simple.bm:5:14` */
  int32_t (*run)(void *const *arguments);
  int32_t (*plain)(void *const *arguments); /**< null: left out */
  int32_t symbol_count;
  int32_t buffer_count;
  int64_t argument_count;
  const struct bmc_value *arguments; /**< roles are unused; dims may have symbol -2: then `value_dims` tells */
  int64_t result_count;
  const struct bmc_value *results;
  void (*value_dims)(const int64_t *symbols, int64_t *dims); /**< the dims of all arguments and results in order;
                                                                  may be null as `result_dims` */
  int64_t call_count;                                        /**< calls in all entry functions */
};

/** The words of `bmc_code` that are no kernel's number. */
enum {
  bmc_word_end = -1,     /**< of the function, or of a loop's body */
  bmc_word_strides = -2, /**< `buffer first rank size...`: in the calls that follow, the buffer of this number has these
                              strides, the innermost dimension's first, kept from place `first` on */
  bmc_word_loop = -3,    /**< `size reversed index count (place reference size)... words body...`: for each index below
                              the size, or from the last one down, runs the body, which has so many words. The place
                              `index` holds the index's address, and each of the others the address of its reference
                              plus the index times its size. */
  bmc_word_mark = -4     /**< `number`: calls `mark` */
};

/** What an entry function does, as data: words that runtime/run_code.h walks, signed integers of 16 or of 32 bits.
 * First for each slot of the arena the number of its size, and in functions of a device for each constant that of its
 * place in the device's arena; then what is done: `K size... reference...` calls kernel K with the sizes as its
 * symbols, the last one first, and the references as its buffers' addresses; all else is said above. A size is the
 * number of one of those that `sizes` writes. A reference is 2 i for entry i of the function's `buffers`, and 2 i + 1
 * for place i: the slots, then the constants, then those that loops set. */
struct bmc_code {
  void (*sizes)(const int64_t *symbols, int64_t *sizes);
  const void *words;
  const void *const *constants;
  void (*mark)(int64_t number, const int64_t *symbols); /**< bmc_mark_call; null without a profile */
  int32_t size_count;
  int32_t slot_count;
  int32_t constant_count;
  int32_t place_count;     /**< with slots and constants */
  int32_t symbol_count;    /**< the most that a kernel has, */
  int32_t buffer_count;    /**< the most that a kernel takes, */
  int32_t dimension_count; /**< and the most whose strides are kept */
};

/** Runs the code of an entry function, whose words have 16 or 32 bits; otherwise as `run` of `bmc_function`. */
int32_t bmc_run_code16(const struct bmc_code *code, void *const *buffers, const int64_t *symbols, char *arena);
int32_t bmc_run_code32(const struct bmc_code *code, void *const *buffers, const int64_t *symbols, char *arena);

/** A call of a kernel in an entry function. */
struct bmc_call {
  const char *function;
  const char *location;                                  /**< `simple.bm:5:14` */
  const char *ops;                                       /**< what the kernel computes: `matmul add tanh` */
  int64_t kernel;                                        /**< index into the program's `kernels` */
  void (*costs)(const int64_t *symbols, int64_t *costs); /**< of one call: floating-point operations, bytes moved */
};

/** All calls, in programs whose entry functions tell when they begin (bmc --with=profile). */
struct bmc_calls {
  int64_t count;
  const struct bmc_call *calls;
};
extern const struct bmc_calls bmc_calls;
/** The same of a device's functions; `kernel` is an index into the kernels of `bmc_device_program`. */
extern const struct bmc_calls bmc_device_calls;

/** What entry functions call in front of each call of a kernel, `number` its index in `bmc_calls`, and at their end
 * (-1). `symbols` are the function's. */
void bmc_mark_call(int64_t number, const int64_t *symbols);
/** The same of a device's functions, whose kernels start later. */
void bmc_mark_device_call(int64_t number, const int64_t *symbols);

/** The whole program. A null function is one that the file does not ask for (no train block: no train, evaluate). */
struct bmc_program {
  int64_t version; /**< BMC_PROGRAM_VERSION */
  const char *name;
  const char *source; /**< the model file's name */
  int64_t layer_count;
  const struct bmc_layer *layers; /**< as in the network, outer ones first */
  int64_t variable_count;
  const struct bmc_variable *variables;
  int64_t packed_count;
  const struct bmc_variable *packed; /**< what no file holds, and nobody but the functions knows of */
  int64_t field_count;
  const struct bmc_field *fields;
  int64_t dataset_count;
  const struct bmc_dataset *datasets;
  int64_t hyper_count;
  const struct bmc_hyper *hypers;
  int64_t metric_count;
  const char *const *metric_names;
  int64_t epochs;
  int64_t batch;      /**< rows a step; 0: all */
  int64_t accumulate; /**< batches an update; 0: each is one, and there is no `update` */
  int64_t shuffle;    /**< 1: rows are shuffled each epoch */
  int64_t seed;
  const struct bmc_monitor *monitor;   /**< never null */
  const struct bmc_function *init;     /**< (key, hypers) -> all variables but metric states */
  const struct bmc_function *train;    /**< (variables, inputs, hypers, step, key) -> (variables, loss, metrics); null
                                          where there are `steps` */
  const struct bmc_function *evaluate; /**< (variables, inputs, step, key) -> (metric states, loss, metrics) */
  const struct bmc_function *predict;  /**< (variables, inputs) -> outputs */
  const struct bmc_function *reset;    /**< () -> metric states, before a pass; null: no metric accumulates */
  const struct bmc_function *measure; /**< (metric states, predictions, inputs) -> metrics, after a pass; where it takes
                                         predictions and inputs, then those of all its rows; null: every metric is
                                         a mean of what `train` and `evaluate` give */
  const struct bmc_function *update;  /**< (variables, states, hypers) -> (variables, states), behind `accumulate` calls
                                         of  `train`, and at the end of an epoch, where `train` only adds gradients up */
  int64_t accumulated; /**< the variable that counts the calls of `train` since the last update, f64; -1: none */
  const struct bmc_function *epoch;   /**< (states, hypers, monitored) -> states, behind each epoch; null: no schedule
                                         asks for it */
  const struct bmc_function *rates;   /**< (states, hypers, step) -> rates; null: there are no schedules */
  const struct bmc_function *prepare; /**< (variables) -> packed, in front of the functions that take some of it, when
                                         variables have changed; null: no function does */
  const struct bmc_packer *packer;    /**< what calls `prepare`; null as that */
  int64_t step_count;
  const struct bmc_train_step *steps; /**< functions as `train`, one behind the other on each batch that takes them; the
                                         first one measures the metrics */
  int64_t entry_count;
  const struct bmc_entry *entries;
  int64_t function_count;
  const struct bmc_function *const *functions; /**< all of them, for `info` and tests */
  int64_t kernel_count;
  const struct bmc_kernel *kernels;
  int64_t fixed_count;
  const struct bmc_fixed *fixed;
};

extern const struct bmc_program bmc_program;

struct bmc_driver; /**< `bmc_driver_opencl`, `bmc_driver_cuda`: see runtime/device/driver.h */

/** A constant that a device's kernels read from memory, and where in the arena it is. */
struct bmc_device_constant {
  const void *value;
  int64_t bytes;
  int64_t offset;
};

/** An entry function whose kernels run on a device. */
struct bmc_device_function {
  const struct bmc_function *function;
  int64_t (*loop_steps)(const int64_t *symbols); /**< those of its longest loop; null: it has none */
};

/** What a program for a device has beside `bmc_program`: the same functions by their names, which take addresses of the
 * device's memory and start kernels there, and the layout of the device's arena. Its parts are constants, what a weight
 * file holds, all other variables, and what the runtime lays out behind them. */
struct bmc_device_program {
  const struct bmc_driver *driver;
  int64_t function_count;
  const struct bmc_device_function *functions;
  int64_t kernel_count;
  const struct bmc_kernel *kernels; /**< that the functions' words number */
  int64_t constant_count;
  const struct bmc_device_constant *constants;
  const int64_t *variable_offsets; /**< of each of the program's variables */
  int64_t constants_end, saved_end, variables_end;
};
extern const struct bmc_device_program bmc_device_program;

/** The same as bmc_run_code16 for functions of the device, which take addresses of its memory. */
int32_t bmc_run_device_code16(const struct bmc_code *code, void *const *buffers, const int64_t *symbols, char *arena);
int32_t bmc_run_device_code32(const struct bmc_code *code, void *const *buffers, const int64_t *symbols, char *arena);

#ifdef __cplusplus
}
#endif

#endif
