#pragma once
// The table of routes: method and path pattern to handler. Built once, then only read.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/message.hpp"

namespace kith::daemon {

// Answers a request: exactly once, from any thread, at once or later. A Reply dropped without a call answers 500.
using Reply = std::function<void(Response)>;

// Called on a worker thread with the whole body in request.body. May block briefly (disk, SQLite); what waits longer
// keeps the Reply and answers from elsewhere.
using Handler = std::function<void(Request request, Reply reply)>;

// Called on a worker thread when the head has come and before `100 Continue`; an Error refuses the body.
using SinkHandler = std::function<core::Expected<std::unique_ptr<BodySink>>(const Request& request)>;

struct EndpointSpec;  // daemon/api/endpoint.hpp

struct Route {
  Method method = Method::get;
  std::string pattern;  // "/api/assets/{id}/content"; a name matches one segment, decoded
  bool on_local = true;
  bool on_public = false;
  std::size_t max_body = 0;  // buffered routes: longer bodies get 413
  Handler handle;            // exactly one of the two is set
  SinkHandler open_sink;
  std::shared_ptr<const EndpointSpec> endpoint;  // what add_endpoint() made it of; nothing for the others
};

class Router {
 public:
  void add(Route route);
  struct Match {
    const Route* route = nullptr;  // nothing: `error` says not_found or method_not_allowed
    Parameters path_values;
    core::ErrorCode error = core::ErrorCode::not_found;
    std::string allow;  // for 405 and OPTIONS: methods that would do
  };
  // HEAD finds a HEAD route, else the GET route. Of several that fit, the one with the fewest names. `path` as in
  // Request::path.
  Match find(ListenerKind listener, Method method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace kith::daemon
