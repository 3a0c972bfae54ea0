#pragma once
// What a receiver of a live transfer decides before anything comes: which files, and what they are called here. Pure
// but for looking whether a name is taken.

#include <string>
#include <vector>

#include "client/live_keys.hpp"
#include "core/error.hpp"

namespace kith::client {

struct LiveChoice {
  std::size_t number = 0;  // in the listing, from 0
  std::string name;        // a safe one, and no other file of the listing has it
};

// Those of `wanted`, counted from 1, once each, or all where nothing is wanted. bad_request for numbers that the
// listing does not have.
[[nodiscard]] core::Expected<std::vector<LiveChoice>> choose_live_files(const std::vector<LiveFile>& files,
                                                                        const std::vector<std::size_t>& wanted);
// conflict, telling what helps, when a name is taken in `folder`.
[[nodiscard]] core::Expected<void> check_names_are_free(const std::string& folder,
                                                        const std::vector<LiveChoice>& choices);
// " --file 2 --file 3"
std::string file_options(const std::vector<LiveChoice>& choices);
// "3.4 MB", or that nobody knows.
std::string live_size_text(const LiveFile& file);

}  // namespace kith::client
