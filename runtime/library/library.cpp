// The table that a library exports. bmc renames it after the model and makes every other symbol local, so that any
// number of such libraries can be linked into one program.
#include "instance.h"

namespace bmc {

static const char *text(int which) {
  const char *const texts[] = {bmc_program.name, bmc_program.source};
  return which >= 0 && which < 2 ? texts[which] : nullptr;
}

static const char *message(const bmc_model *model) { return instanceOf(model).message; }

static int64_t step(const bmc_model *model) { return instanceOf(model).step; }

static_assert(int(BMC_F32) == bmc_f32 && int(BMC_F64) == bmc_f64 && int(BMC_I32) == bmc_i32 &&
              int(BMC_I64) == bmc_i64 && int(BMC_BOOL) == bmc_bool);

} // namespace bmc

using namespace bmc;

extern "C" __attribute__((visibility("default"))) const bmc_library bmc_library_table = {
    BMC_LIBRARY_VERSION,
    BMC_VERSION,
    text,
    &bmc_program,
    count,
    describe,
    describeLayer,
    create,
    destroy,
    message,
    reserve,
    init,
    trainStep,
    evaluate,
    predict,
    variable,
    setVariable,
    getVariable,
    setHyper,
    getHyper,
    step,
    loadFile,
    loadMemory,
    saveFile,
    saveMemory,
    countOfEntry,
    describeOfEntry,
    callEntry,
    endEpoch,
    prepare,
    restore,
    settle,
};
