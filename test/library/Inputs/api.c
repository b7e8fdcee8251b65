/* Every function of bmc/model.h on examples/simple.bm: what it does, and what it says when it is used wrongly. */
#include "check.h"
#include "simple.h"

#include <string.h>

static const float x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, y[] = {0.1f, 0.2f, 0.3f, 0.4f};

static struct bmc_model *make(int64_t rows, int32_t trains) {
  struct bmc_options options = BMC_OPTIONS;
  options.rows = rows;
  options.trains = trains;
  struct bmc_model *model;
  CHECK(simple_create(&options, &model) == BMC_OK);
  return model;
}

static void describes(void) {
  struct bmc_tensor tensor;
  CHECK(!strcmp(bmc_name(&simple_library), "simple"));
  CHECK(strstr(bmc_source(&simple_library), "simple.bm"));
  struct bmc_layer_description layer;
  CHECK(bmc_count(&simple_library, BMC_LAYERS) == 3 && bmc_describe_layer(&simple_library, 1, &layer) == BMC_OK);
  CHECK(!strcmp(layer.name, "fc1") && strstr(layer.kind, "Linear") && layer.depth == 1 && layer.parameters == 8);
  CHECK(bmc_describe_layer(&simple_library, 3, &layer) == BMC_ERROR_ARGUMENT);
  CHECK(bmc_describe(&simple_library, BMC_LAYERS, 0, &tensor) == BMC_ERROR_ARGUMENT);
  CHECK(bmc_count(&simple_library, BMC_INPUTS) == 1 && bmc_count(&simple_library, BMC_TARGETS) == 1);
  CHECK(bmc_count(&simple_library, BMC_OUTPUTS) == 1 && bmc_count(&simple_library, BMC_METRICS) == 0);
  CHECK(bmc_count(&simple_library, BMC_VARIABLES) == 12 && bmc_count(&simple_library, BMC_HYPERS) == 4);
  CHECK(bmc_count(&simple_library, (enum bmc_list)99) == 0);
  CHECK(bmc_describe(&simple_library, BMC_INPUTS, 0, &tensor) == BMC_OK);
  CHECK(!strcmp(tensor.name, "x") && tensor.type == BMC_F32 && tensor.rank == 1 && tensor.dims[0] == 3);
  CHECK(tensor.bytes == 12 && tensor.kind == BMC_VALUE);
  CHECK(bmc_describe(&simple_library, BMC_VARIABLES, 0, &tensor) == BMC_OK);
  CHECK(!strcmp(tensor.name, "fc1.weight") && tensor.kind == BMC_PARAMETER && tensor.rank == 2 && tensor.bytes == 24);
  CHECK(bmc_describe(&simple_library, BMC_VARIABLES, 4, &tensor) == BMC_OK && tensor.kind == BMC_STATE);
  CHECK(bmc_describe(&simple_library, BMC_OUTPUTS, 0, &tensor) == BMC_OK && tensor.bytes == 4);
  CHECK(bmc_describe(&simple_library, BMC_HYPERS, 0, &tensor) == BMC_OK && !strcmp(tensor.name, "lr"));
  CHECK(bmc_describe(&simple_library, BMC_OUTPUTS, 1, &tensor) == BMC_ERROR_ARGUMENT);
  CHECK(bmc_describe(&simple_library, BMC_OUTPUTS, -1, &tensor) == BMC_ERROR_ARGUMENT);
}

static void refusesOptions(void) {
  char message[128];
  struct bmc_options options = BMC_OPTIONS;
  struct bmc_model *model;
  options.message = message;
  options.message_bytes = sizeof message;
  options.rows = 0;
  CHECK(simple_create(&options, &model) == BMC_ERROR_ROWS && !model);
  CHECK(!strcmp(message, "expected rows of at least 1, found 0"));
  options.rows = (int64_t)1 << 40;
  CHECK(simple_create(&options, &model) == BMC_ERROR_MEMORY && strstr(message, "no memory for 1099511627776 rows"));
  options.rows = 1;
  options.threads = -1;
  CHECK(simple_create(&options, &model) == BMC_ERROR_ARGUMENT && strstr(message, "threads"));
  options.threads = 1;
  struct bmc_allocator allocator = {NULL, NULL, NULL};
  options.allocator = &allocator;
  CHECK(simple_create(&options, &model) == BMC_ERROR_ARGUMENT && strstr(message, "allocator"));
  struct bmc_library old = simple_library;
  old.version = BMC_LIBRARY_VERSION + 1;
  CHECK(bmc_create(&old, NULL, &model) == BMC_ERROR_VERSION && !model);
  CHECK(simple_create(NULL, &model) == BMC_OK);
  bmc_destroy(model);
  bmc_destroy(NULL);
}

static void refusesCalls(void) {
  struct bmc_model *model = make(2, 1);
  float out[4];
  double loss;
  EXPECT(model, BMC_ERROR_STATE, simple_predict(model, x, 1, out), "no weights yet");
  EXPECT(model, BMC_ERROR_STATE, bmc_save_file(model, "none", BMC_WEIGHTS), "nothing to save");
  EXPECT(model, BMC_OK, bmc_init(model, 1), "");
  EXPECT(model, BMC_ERROR_ROWS, simple_predict(model, x, 3, out), "expected 1 to 2 rows, which are reserved, found 3");
  EXPECT(model, BMC_ERROR_ROWS, simple_predict(model, x, 0, out), "found 0");
  EXPECT(model, BMC_ERROR_ROWS, bmc_reserve(model, 0), "expected at least 1 row");
  EXPECT(model, BMC_OK, bmc_reserve(model, 3), "");
  EXPECT(model, BMC_OK, simple_predict(model, x, 3, out), "");
  EXPECT(model, BMC_ERROR_ARGUMENT, simple_predict(model, NULL, 1, out), "expected a pointer to input 'x', found null");
  EXPECT(model, BMC_ERROR_ARGUMENT, simple_train_step(model, x, NULL, 1, &loss), "target 'y'");
  EXPECT(model, BMC_ERROR_ARGUMENT, bmc_predict(model, (const void *const[]){x}, 1, NULL), "outputs");
  EXPECT(model, BMC_OK, simple_predict(model, x, 1, NULL), "");
  EXPECT(model, BMC_OK, simple_evaluate(model, x, y, 1, NULL), "");
  EXPECT(model, BMC_ERROR_ARGUMENT, bmc_set_hyper(model, "rate", 1), "no hyperparameter 'rate'");
  EXPECT(model, BMC_ERROR_ARGUMENT, bmc_get_hyper(model, "rate", &loss), "no hyperparameter 'rate'");
  EXPECT(model, BMC_ERROR_ARGUMENT, bmc_set(model, "fc9.weight", x, 24), "no variable 'fc9.weight'");
  EXPECT(model, BMC_ERROR_ARGUMENT, bmc_set(model, "fc1.weight", x, 12), "expected 24 bytes, found 12");
  CHECK(!bmc_find_variable(model, "fc9.weight", NULL) && strstr(bmc_message(model), "fc9.weight"));
  bmc_destroy(model);
  model = make(1, 0);
  EXPECT(model, BMC_ERROR_STATE, simple_train_step(model, x, y, 1, &loss), "made with `trains` 0");
  EXPECT(model, BMC_ERROR_STATE, bmc_init(model, 1), "made with `trains` 0");
  EXPECT(model, BMC_ERROR_STATE, bmc_load_file(model, "w", BMC_EVERYTHING), "no optimizer state");
  CHECK(!bmc_find_variable(model, "fc1.weight.m", NULL) && strstr(bmc_message(model), "does not hold"));
  bmc_destroy(model);
}

static void variablesAndHypers(void) {
  struct bmc_model *model = make(1, 1);
  struct bmc_tensor tensor;
  CHECK(bmc_init(model, 1) == BMC_OK);
  float *bias = bmc_find_variable(model, "fc2.bias", &tensor), before, after, given = 5;
  CHECK(bias && tensor.bytes == 4 && tensor.rank == 1);
  CHECK(simple_predict(model, x, 1, &before) == BMC_OK);
  *bias += 1;
  CHECK(simple_predict(model, x, 1, &after) == BMC_OK && after - before > 0.99f && after - before < 1.01f);
  CHECK(bmc_set(model, "fc2.bias", &given, sizeof given) == BMC_OK && *bias == 5);
  CHECK(bmc_get(model, "fc2.bias", &after, sizeof after) == BMC_OK && after == 5);
  double rate;
  CHECK(bmc_get_hyper(model, "lr", &rate) == BMC_OK && rate == 0.001);
  CHECK(bmc_set_hyper(model, "lr", 0) == BMC_OK);
  CHECK(simple_train_step(model, x, y, 1, NULL) == BMC_OK && *bias == 5);
  CHECK(bmc_set_hyper(model, "lr", 1) == BMC_OK);
  CHECK(simple_train_step(model, x, y, 1, NULL) == BMC_OK && *bias != 5);
  CHECK(bmc_step(model) == 2 && bias == bmc_find_variable(model, "fc2.bias", NULL));
  bmc_destroy(model);
}

/* Rows alone and together, aligned and not, give the same bits. */
static void rowsAndAlignment(void) {
  static _Alignas(64) float aligned[12], alignedOut[4];
  struct bmc_model *model = make(4, 1);
  CHECK(bmc_init(model, 3) == BMC_OK);
  char shifted[sizeof x + 1], shiftedOut[4 * sizeof(float) + 1];
  memcpy(aligned, x, sizeof x);
  memcpy(shifted + 1, x, sizeof x);
  float together[4], alone[4];
  CHECK(simple_predict(model, x, 4, together) == BMC_OK);
  CHECK(simple_predict(model, aligned, 4, alignedOut) == BMC_OK);
  CHECK(bmc_predict(model, (const void *const[]){shifted + 1}, 4, (void *const[]){shiftedOut + 1}) == BMC_OK);
  for (int row = 0; row < 4; ++row)
    CHECK(simple_predict(model, x + row * 3, 1, alone + row) == BMC_OK);
  CHECK(!memcmp(together, alignedOut, sizeof together) && !memcmp(together, shiftedOut + 1, sizeof together));
  CHECK(!memcmp(together, alone, sizeof together));
  bmc_destroy(model);
}

static void trainSteps(struct bmc_model *model, int steps, double *loss) {
  for (int i = 0; i < steps; ++i)
    CHECK(simple_train_step(model, x, y, 4, loss) == BMC_OK);
}

/* Training that is saved with everything and loaded by another instance goes on with the same bits. */
static void resumes(void) {
  struct bmc_model *model = make(4, 1), *other = make(4, 1);
  double loss, resumed;
  static char memory[4096];
  size_t size, weightsSize;
  CHECK(bmc_init(model, 7) == BMC_OK);
  trainSteps(model, 10, &loss);
  EXPECT(model, BMC_ERROR_MEMORY, bmc_save_memory(model, NULL, 0, &size, BMC_EVERYTHING), "expected room for");
  CHECK(size < sizeof memory);
  EXPECT(model, BMC_ERROR_MEMORY, bmc_save_memory(model, memory, size - 1, &size, BMC_EVERYTHING), "expected room");
  CHECK(bmc_save_memory(model, memory, sizeof memory, &size, BMC_EVERYTHING) == BMC_OK);
  CHECK(bmc_save_file(model, "everything", BMC_EVERYTHING) == BMC_OK);
  trainSteps(model, 10, &loss);
  CHECK(bmc_load_memory(other, memory, size, BMC_EVERYTHING) == BMC_OK && bmc_step(other) == 10);
  trainSteps(other, 10, &resumed);
  CHECK(loss == resumed);
  CHECK(bmc_load_file(other, "everything", BMC_EVERYTHING) == BMC_OK && bmc_step(other) == 10);
  trainSteps(other, 10, &resumed);
  CHECK(loss == resumed);
  EXPECT(other, BMC_OK, bmc_load_file(other, "everything", BMC_WEIGHTS), "8 tensors are not used, the first is");
  CHECK(bmc_save_memory(other, memory, sizeof memory, &weightsSize, BMC_WEIGHTS) == BMC_OK && weightsSize < size);
  EXPECT(other, BMC_ERROR_FORMAT, bmc_load_memory(other, memory, weightsSize, BMC_EVERYTHING), "fc1.weight.m");
  EXPECT(other, BMC_ERROR_FORMAT, bmc_load_memory(other, memory, 5, BMC_WEIGHTS), "found only 5 bytes");
  EXPECT(other, BMC_ERROR_FORMAT, bmc_load_memory(other, memory, weightsSize - 1, BMC_WEIGHTS), "outside the file");
  EXPECT(other, BMC_ERROR_ARGUMENT, bmc_load_memory(other, memory, weightsSize, (enum bmc_contents)7), "found 7");
  EXPECT(other, BMC_ERROR_ARGUMENT, bmc_load_memory(other, NULL, 0, BMC_WEIGHTS), "null");
  EXPECT(other, BMC_OK, simple_train_step(other, x, y, 4, NULL), "");
  bmc_destroy(model);
  bmc_destroy(other);
}

static void files(void) {
  struct bmc_model *model = make(1, 1);
  CHECK(bmc_init(model, 1) == BMC_OK);
  EXPECT(model, BMC_ERROR_FILE, bmc_load_file(model, "no", BMC_WEIGHTS), "no: cannot open: No such file");
  EXPECT(model, BMC_ERROR_FORMAT, bmc_load_file(model, "/dev/null", BMC_WEIGHTS), "not a regular file");
  EXPECT(model, BMC_ERROR_FILE, bmc_save_file(model, "no/w", BMC_WEIGHTS), "no/w: cannot write: No such file");
  EXPECT(model, BMC_ERROR_FILE, bmc_save_file(model, "/dev/full", BMC_WEIGHTS), "No space left on device");
  EXPECT(model, BMC_ERROR_FILE, bmc_save_file(model, ".", BMC_WEIGHTS), "cannot write");
  CHECK(!bmc_load_file(model, "everything", BMC_WEIGHTS));
  bmc_destroy(model);
}

static void sharesWeights(void) {
  struct bmc_model *owner = make(1, 1), *reader;
  struct bmc_options options = BMC_OPTIONS;
  options.weights = owner;
  CHECK(simple_create(&options, &reader) == BMC_ERROR_ARGUMENT);
  options.trains = 0;
  CHECK(simple_create(&options, &reader) == BMC_OK);
  float one, other;
  EXPECT(reader, BMC_ERROR_STATE, simple_predict(reader, x, 1, &one), "no weights yet");
  CHECK(bmc_init(owner, 5) == BMC_OK);
  CHECK(simple_predict(reader, x, 1, &one) == BMC_OK && simple_predict(owner, x, 1, &other) == BMC_OK && one == other);
  CHECK(simple_train_step(owner, x, y, 1, NULL) == BMC_OK);
  CHECK(simple_predict(reader, x, 1, &other) == BMC_OK && one != other);
  EXPECT(reader, BMC_ERROR_STATE, bmc_load_file(reader, "everything", BMC_WEIGHTS), "another's weights");
  bmc_destroy(reader);
  bmc_destroy(owner);
}

int main(void) {
  describes();
  refusesOptions();
  refusesCalls();
  variablesAndHypers();
  rowsAndAlignment();
  resumes();
  files();
  sharesWeights();
  puts("all is well");
  return 0;
}
