#pragma once
// POST /handshake/init: somebody elsewhere asks somebody here (PROTOCOL.md, "init", "Rules"). Makes no outgoing
// request.

#include "federation/service/admission.hpp"
#include "federation/service/handshake_context.hpp"
#include "federation/wire/init.hpp"

namespace kith::federation {

class InboundInit {
 public:
  explicit InboundInit(HandshakeContext& context)
      : context_(context), admission_(context.store, context.lifecycle, context.parts.clock) {}

  [[nodiscard]] WireAnswer answer(const SignedMessage& request, std::string_view source);

 private:
  struct Arrival;
  Expected<std::optional<WireAnswer>> seen_before(storage::Reader& reader, const wire::InitRequest& init,
                                                  std::string_view body) const;
  Expected<void> judge_instance(Arrival& arrival) const;
  Expected<WireAnswer> take(storage::Transaction& transaction, Arrival& arrival, Effects& effects) const;
  Expected<void> end_predecessors(storage::Transaction& transaction, const Arrival& arrival, Effects& effects) const;
  Expected<void> find_crossing(storage::Reader& reader, Arrival& arrival) const;
  HandshakeRow row_of(const Arrival& arrival) const;
  Expected<WireAnswer> store(storage::Transaction& transaction, Arrival& arrival, Effects& effects) const;

  HandshakeContext& context_;
  Admission admission_;
};

}  // namespace kith::federation
