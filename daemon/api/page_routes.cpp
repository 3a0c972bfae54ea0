// The page: "/" is index.html, "/invite" is invite.html, app/ and the other files are what they are called. What
// outsiders see are exchange.html and live.html, each at addresses of its own on both listeners, with the files it
// loads beside it.
#include "daemon/api/page.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

constexpr std::string_view kExchangePage = "exchange.html";
constexpr std::string_view kLivePage = "live.html";

enum class Seen : std::uint8_t { locally, by_outsiders };

void add_page_route(Router& router, std::string pattern, Handler handle, Seen seen = Seen::locally) {
  Route route;
  route.pattern = std::move(pattern);
  route.on_public = seen == Seen::by_outsiders;
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

// `address` is the folder of the scripts and styles.
void add_app_route(Router& router, std::span<const PageFile> page, std::string address, Seen seen) {
  add_page_route(
      router, std::move(address) + "{file}",
      [page](Request request, const Reply& reply) {
        const auto* file = find_page_file(page, "app/" + std::string(request.path_value("file")));
        reply(file != nullptr ? page_response(request, *file)
                              : Response::problem({core::ErrorCode::not_found, {}, {}, {}}, request.request_id));
      },
      seen);
}

// `file` at these addresses in `folder`. None of them is for search engines.
void add_outsiders_page(Router& router, std::span<const PageFile> page, std::string_view file,
                        const std::string& folder, std::initializer_list<std::string_view> addresses) {
  const auto* document = find_page_file(page, file);
  for (const auto address : addresses) {
    add_page_route(
        router, folder + std::string(address),
        [document](Request request, const Reply& reply) {
          auto response = document != nullptr ? page_response(request, *document) : without_page(request);
          response.headers.set("X-Robots-Tag", "noindex, nofollow");
          reply(std::move(response));
        },
        Seen::by_outsiders);
  }
  add_app_route(router, page, folder + "app/", Seen::by_outsiders);
  if (const auto* icon = find_page_file(page, "icon.svg")) {
    add_page_route(
        router, folder + "icon.svg",
        [icon](Request request, const Reply& reply) { reply(page_response(request, *icon)); }, Seen::by_outsiders);
  }
}

}  // namespace

void add_page_routes(Router& router, std::span<const PageFile> page) {
  add_outsiders_page(router, page, kExchangePage, "/exchange/", {"u", "d"});
  add_outsiders_page(router, page, kLivePage, "/live/", {"l"});
  if (page.empty()) {
    for (const auto* pattern : {"/", "/invite"}) {
      add_page_route(router, pattern, [](Request request, const Reply& reply) { reply(without_page(request)); });
    }
    return;
  }
  for (const auto& file : page) {
    if (file.path.find('/') != std::string_view::npos || file.path == kExchangePage || file.path == kLivePage) continue;
    add_page_route(router, address_of(file.path),
                   [&file](Request request, const Reply& reply) { reply(page_response(request, file)); });
  }
  add_app_route(router, page, "/app/", Seen::locally);
}

}  // namespace kith::daemon
