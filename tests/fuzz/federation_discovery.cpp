// Discovery documents, and the chains of key statements inside them.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "federation/wire/discovery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kith::federation;
  const auto document = wire::DiscoveryDocument::parse({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  const auto text = document->serialise();
  const auto again = wire::DiscoveryDocument::parse(text);
  if (!again || again->serialise() != text) std::abort();
  const PinnedKey pinned{document->domain, 0, document->instance_key};
  if (judge_succession(pinned, document->key_statements, document->instance_key).succession == Succession::unknown) {
    std::abort();  // the list holds, and the key is the pinned one
  }
  return 0;
}
