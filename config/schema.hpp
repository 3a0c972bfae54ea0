#pragma once
// Which keys there are, what each may hold, and what follows from what others say.

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/section.hpp"

namespace kith::config {

// Reads all of `top` into `config`, which holds the defaults; mistakes go to the section's findings.
void read_config(Section top, Config& config);
// The public URL, and the name, as they follow from the domain; what the file names stays.
void derive_from_domain(const Listen& listen, Instance& instance);
// Who mails come from, as it follows from the domain.
void derive_sender(const Instance& instance, Mail& mail);
// Every key that holds a value, with its sections: "storage.keep_free".
std::vector<std::string> all_keys();

}  // namespace kith::config
