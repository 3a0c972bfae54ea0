#pragma once
// What becomes of the files of a live transfer: into a folder, one after the other. One thread, and that of a
// BackgroundWriter.

#include "client/live_commands.hpp"
#include "client/live_fetch.hpp"
#include "client/live_saving.hpp"

namespace kith::client {

// All of `choices` into the command's folder, which is there; tells of each, and at the end gives the document. What is
// there of a file that fails is kept where it can be gone on with.
[[nodiscard]] core::Expected<void> save_live_files(LiveVisit& visit, const LiveReceiveCommand& command,
                                                   std::vector<LiveChoice> choices, const Output& output);

// Tells the sender that all of it is here. Not being able to is told, and no error.
void confirm(LiveVisit& visit, const LiveFetched& fetched, Progress& progress);
// The same error, with a text that says what it means for a transfer; `kept` says what became of content that came.
core::Error explained(core::Error error, const std::string& kept);

}  // namespace kith::client
