// The page: "/" is index.html, "/invite" is invite.html, app/ and the other files are what they are called.
#include "daemon/api/page.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

void add_page_route(Router& router, std::string pattern, Handler handle) {
  Route route;
  route.pattern = std::move(pattern);
  route.handle = std::move(handle);
  router.add(std::move(route));
}

std::string address_of(std::string_view path) {
  constexpr std::string_view kEnding = ".html";
  if (path == "index.html") return "/";
  if (path.ends_with(kEnding)) path.remove_suffix(kEnding.size());
  return "/" + std::string(path);
}

Response without_page(const Request& request) {
  return Response::problem({core::ErrorCode::not_found,
                            "This kithd was built without its page. Everything can be done over HTTP; "
                            "/api/openapi.json says how.",
                            {},
                            {}},
                           request.request_id);
}

}  // namespace

void add_page_routes(Router& router, std::span<const PageFile> page) {
  if (page.empty()) {
    for (const auto* pattern : {"/", "/invite"}) {
      add_page_route(router, pattern, [](Request request, const Reply& reply) { reply(without_page(request)); });
    }
    return;
  }
  for (const auto& file : page) {
    if (file.path.find('/') != std::string_view::npos) continue;
    add_page_route(router, address_of(file.path),
                   [&file](Request request, const Reply& reply) { reply(page_response(request, file)); });
  }
  add_page_route(router, "/app/{file}", [page](Request request, const Reply& reply) {
    const auto* file = find_page_file(page, "app/" + std::string(request.path_value("file")));
    reply(file != nullptr ? page_response(request, *file)
                          : Response::problem({core::ErrorCode::not_found, {}, {}, {}}, request.request_id));
  });
}

}  // namespace kith::daemon
