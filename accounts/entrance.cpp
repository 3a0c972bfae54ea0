#include "accounts/entrance.hpp"

namespace kith::accounts {

Entrance::Entrance(storage::Database&, Registry& registry, Mailer& mailer, const core::Clock& clock,
                   core::Random& random, const config::Config& config)
    : email_changes_({registry.audit(), mailer, clock, random, config.web.url}) {}

}  // namespace kith::accounts
