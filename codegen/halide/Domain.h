// A sum's domain, for terms that may be the same everywhere in it.
#ifndef BMC_CODEGEN_HALIDE_DOMAIN_H
#define BMC_CODEGEN_HALIDE_DOMAIN_H

#include "Halide.h"

namespace bmc::codegen {

/// The term, such that an update with it runs over all of the domain: Halide gives a definition the domain whose
/// variables it finds in it, and a term without any would be added once.
Halide::Expr over(const Halide::RDom &domain, const Halide::Expr &term);

} // namespace bmc::codegen

#endif
