// Each text says what happened, what to do, and what to do if it was not the reader.
#include <algorithm>
#include <array>

#include "accounts/mail/texts.hpp"

namespace kith::accounts {

namespace {

constexpr std::array<MailTemplate, 14> kTexts{{
    {"verify_registration", "Confirm your e-mail address for {instance}",
     "somebody, most likely you, asked for an account on {instance} with this e-mail address. To confirm that the "
     "address is yours, open this page and press the button there:\n\n"
     "{link}\n\n"
     "The link is good for two weeks.\n\n"
     "It was not you? Or this mail came more than once? Then do not confirm: whoever asked chose the password. Ask for "
     "the account yourself, and confirm the mail that comes right after. Without your confirmation there will be no "
     "account."},

    {"registration_of_taken_address", "You already have an account on {instance}",
     "somebody, maybe you, asked for an account on {instance} with this e-mail address. You have one already, so "
     "nothing was changed. Log in there as always; if you forgot your password, the page helps with that too:\n\n"
     "{link}\n\n"
     "It was not you? Then do nothing: whoever it was did not learn from us that you have an account."},

    {"verify_email_change", "Confirm your new e-mail address for {instance}",
     "this is to become the e-mail address of an account on {instance}. To confirm that it is yours, open this page "
     "and press the button there:\n\n"
     "{link}\n\n"
     "The link is good for two weeks. Until then the account keeps the address it has.\n\n"
     "It was not you? Then do nothing: without your confirmation nothing changes."},

    {"email_change_asked", "Your account on {instance} is to get a new e-mail address",
     "your account on {instance} is to get the e-mail address {email} in the place of this one. Until the new address "
     "is confirmed, this one stays and works as always.\n\n"
     "It was you? Then look for our mail at the new address.\n\n"
     "It was not you? Then somebody knows your password. Log in, set a new password, and put your e-mail address back "
     "under \"Account\"."},

    {"email_change_of_taken_address", "Somebody wanted to use your e-mail address on {instance}",
     "somebody with another account on {instance} wanted to give it this e-mail address. It belongs to your account, "
     "so nothing was changed.\n\n"
     "It was you? An address is good for one account only: use another one, or delete one of the accounts.\n\n"
     "It was not you? Then do nothing: whoever it was did not learn from us that you have an account."},

    {"email_changed", "Your account on {instance} has a new e-mail address",
     "the e-mail address of your account on {instance} is {email} now. This one is no longer used.\n\n"
     "It was not you? Then tell the people who run {instance} at once."},

    {"password_reset", "A new password for {instance}",
     "somebody, most likely you, forgot the password of your account on {instance}. Set a new one on this page:\n\n"
     "{link}\n\n"
     "The link is good for ten minutes, and once.\n\n"
     "It was not you? Then do nothing: your password stays as it is."},

    {"password_changed", "Your password on {instance} was changed",
     "the password of your account on {instance} was changed, and other devices were logged out.\n\n"
     "It was not you? Then choose \"Forgot your password?\" where you log in, and set a new one at once."},

    {"second_factor_changed:on", "Your account on {instance} has a second factor",
     "from now on {instance} asks for a code from your authenticator app when you log in. Keep your recovery codes in "
     "a safe place: they let you in when the app is lost.\n\n"
     "It was not you? Then tell the people who run {instance}: they can take the second factor off again."},

    {"second_factor_changed:off", "Your account on {instance} has no second factor any more",
     "from now on a password is enough to log in to your account on {instance}.\n\n"
     "It was not you? Then log in, set a new password, and turn the second factor on again."},

    {"second_factor_changed:new_codes", "New recovery codes on {instance}",
     "your account on {instance} got new recovery codes. Those from before are no longer good.\n\n"
     "It was not you? Then log in, set a new password, and make recovery codes again."},

    {"second_factor_changed:code_used", "A recovery code was used on {instance}",
     "somebody, most likely you, logged in to your account on {instance} with one of your recovery codes. Each is good "
     "once; make new ones when few are left.\n\n"
     "It was not you? Then log in, set a new password, and make recovery codes again."},

    {"second_factor_changed:off_by_admin", "The second factor of your account on {instance} was taken off",
     "an admin of {instance} took the second factor off your account: a password is enough to log in now. You may turn "
     "it on again under \"Account\".\n\n"
     "You did not ask for this? Then talk to the people who run {instance}."},

    {"account_deleted", "Your account on {instance} was deleted",
     "your account on {instance} was deleted, with its files, shares and connections. 30 days after that, "
     "this e-mail address is free there for a new account.\n\n"
     "It was not you? Then tell the people who run {instance}."},
}};

const MailTemplate* find(std::string_view key) {
  const auto found = std::find_if(kTexts.begin(), kTexts.end(), [&](const auto& text) { return text.key == key; });
  return found == kTexts.end() ? nullptr : &*found;
}

}  // namespace

const MailLanguage kEnglishMails{"Hello,", "Hello {name},", "{instance} sent this mail by itself.", &find};

}  // namespace kith::accounts
