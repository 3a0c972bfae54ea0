#include "daemon/http/request_line.hpp"

#include <pistache/http.h>

#include "daemon/http/head_parser.hpp"

namespace kith::daemon {
namespace {

namespace Http = Pistache::Http;

// Stands in for Pistache's body step, which would buffer the body: says that all is done.
class HeadOnlyStep final : public Http::Private::Step {
 public:
  explicit HeadOnlyStep(Http::Message* request) : Step(request) {}
  Http::Private::StepId id() const override { return Http::Private::BodyStep::Id; }
  Http::Private::State apply(Pistache::StreamCursor&) override { return Http::Private::State::Done; }
};

class HeadOnlyParser final : public Http::RequestParser {
 public:
  explicit HeadOnlyParser(std::size_t max_bytes) : Http::RequestParser(max_bytes) {
    allSteps.back() = std::make_unique<HeadOnlyStep>(&request);
  }
};

std::optional<Method> from_pistache(Http::Method method) {
  return method_from_name(Http::methodString(method));
}

}  // namespace

core::Expected<void> confirm_request_line(const RequestHead& head) {
  const auto method = method_from_name(head.method);
  if (!method) return {};
  // Fields are left out: Pistache parses typed ones at once and throws at what browsers send every day. The whole head
  // goes in at once, because a head in pieces makes this parser read a byte past its end.
  const std::string text =
      head.method + " " + head.target.path + (head.http10 ? " HTTP/1.0\r\n\r\n" : " HTTP/1.1\r\n\r\n");
  try {
    HeadOnlyParser parser(text.size() + 1);
    const bool read = parser.feed(text.data(), text.size()) && parser.parse() == Http::Private::State::Done;
    const bool same_version = (parser.request.version() == Http::Version::Http10) == head.http10;
    if (read && same_version && from_pistache(parser.request.method()) == method &&
        parser.request.resource() == head.target.path) {
      return {};
    }
  } catch (const std::exception&) {
    // Falls through: what it throws is its way of refusing.
  }
  return core::fail(core::ErrorCode::bad_request, "The request line cannot be read.");
}

}  // namespace kith::daemon
