// `kith live receive`.

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "client/live_commands.hpp"
#include "client/live_fetch.hpp"
#include "client/live_receiving.hpp"
#include "client/safe_name.hpp"
#include "client/secret_input.hpp"

namespace kith::client {
namespace {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::Expected;

Expected<void> write_to_output(core::ByteView bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return core::fail(ErrorCode::internal, std::string("Can't write to standard output: ") + std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Expected<void> receive_to_output(LiveVisit& visit, const LiveReceiveCommand& command,
                                 const std::vector<LiveChoice>& choices) {
  if (choices.size() != 1)
    return core::fail(ErrorCode::bad_request, "Standard output takes one file: choose it with --file.");
  const auto& choice = choices.front();
  Progress progress(
      choice.name, visit.offer().files[choice.number].size.value_or(0),
      command.quiet || ::isatty(STDOUT_FILENO) == 1 ? Progress::Display::none : Progress::Display::terminal);
  core::SystemRandom random;
  BackgroundWriter writer(write_to_output);
  LiveFetch fetch(visit, choice.number, std::nullopt, writer, progress, random);
  auto fetched = fetch.run();
  if (!fetched)
    return tl::make_unexpected(explained(std::move(fetched.error()), "Don't use what was written to standard output."));
  confirm(visit, *fetched, progress);
  return {};
}

void introduce(const LiveOffer& offer, const std::vector<LiveChoice>& choices) {
  Output::notice((offer.from.empty() ? "What is offered:" : "From " + offer.from + ":"));
  for (std::size_t i = 0; i < offer.files.size(); ++i) {
    const auto& file = offer.files[i];
    Output::notice("  " + std::to_string(i + 1) + "  " + safe_name(file.name) + "  " + live_size_text(file));
  }
  if (choices.size() < offer.files.size())
    Output::notice("Getting " + std::to_string(choices.size()) + " of " + std::to_string(offer.files.size()) + ".");
}

// A link of another kind belongs to another command.
Expected<LiveLink> link_of(const LiveReceiveCommand& command) {
  auto text = command.link;
  if (text == "-") {
    KITH_TRY_ASSIGN(line, read_secret_line("link"));
    text = std::move(line);
  }
  const auto is_of = [&text](const char* page) { return text.find(page) != text.npos; };
  if (is_of("/exchange/d#"))
    return core::fail(ErrorCode::bad_request, "This is a link to stored files: use `kith exchange get`.");
  if (is_of("/exchange/u#"))
    return core::fail(ErrorCode::bad_request, "This link is for giving files: use `kith exchange put`.");
  if (is_of("/invite#"))
    return core::fail(ErrorCode::bad_request, "This is an invitation to connect: use `kith connect`.");
  return parse_live_link(text);
}

}  // namespace

Expected<void> live_receive(const LiveReceiveCommand& command, const Output& output) {
  const bool to_output = command.folder == "-";
  if (to_output && output.json())
    return core::fail(ErrorCode::bad_request, "Standard output can't take both: leave out --json, or -o -.");
  KITH_TRY_ASSIGN(link, link_of(command));
  Interruption interruption;
  Http http(interruption);
  KITH_TRY_ASSIGN(visit, LiveVisit::open(http, std::move(link)));
  KITH_TRY_ASSIGN(choices, choose_live_files(visit.offer().files, command.files));
  if (!command.quiet && !output.json()) introduce(visit.offer(), choices);
  if (to_output) return receive_to_output(visit, command, choices);
  std::error_code error;
  fs::create_directories(command.folder, error);
  if (error)
    return core::fail(ErrorCode::internal,
                      "Can't make the folder " + printable(command.folder) + ": " + error.message());
  KITH_TRY(check_names_are_free(command.folder, choices));
  return save_live_files(visit, command, std::move(choices), output);
}

}  // namespace kith::client
