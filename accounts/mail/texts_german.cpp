#include <algorithm>
#include <array>

#include "accounts/mail/texts.hpp"

namespace kith::accounts {

namespace {

constexpr std::array<MailTemplate, 14> kTexts{{
    {"verify_registration", "Bestätige deine E-Mail-Adresse für {instance}",
     "jemand, wahrscheinlich du, möchte mit dieser E-Mail-Adresse ein Konto bei {instance}. Um zu bestätigen, dass die "
     "Adresse dir gehört, öffne diese Seite und drücke dort den Knopf:\n\n"
     "{link}\n\n"
     "Der Link gilt zwei Wochen.\n\n"
     "Das warst nicht du? Oder diese Mail kam mehrmals? Dann bestätige nicht: Wer gefragt hat, hat das Passwort "
     "gewählt. Frag selbst nach dem Konto, und bestätige die Mail, die gleich danach kommt. Ohne deine Bestätigung "
     "entsteht kein Konto."},

    {"registration_of_taken_address", "Du hast schon ein Konto bei {instance}",
     "jemand, vielleicht du, wollte mit dieser E-Mail-Adresse ein Konto bei {instance}. Du hast dort schon eines, "
     "deshalb wurde nichts geändert. Melde dich an wie immer; wenn du dein Passwort vergessen hast, hilft die Seite "
     "auch dabei:\n\n"
     "{link}\n\n"
     "Das warst nicht du? Dann tu nichts: Von uns hat niemand erfahren, dass du ein Konto hast."},

    {"verify_email_change", "Bestätige deine neue E-Mail-Adresse für {instance}",
     "dies soll die E-Mail-Adresse eines Kontos bei {instance} werden. Um zu bestätigen, dass sie dir gehört, öffne "
     "diese Seite und drücke dort den Knopf:\n\n"
     "{link}\n\n"
     "Der Link gilt zwei Wochen. Bis dahin behält das Konto seine bisherige Adresse.\n\n"
     "Das warst nicht du? Dann tu nichts: Ohne deine Bestätigung ändert sich nichts."},

    {"email_change_asked", "Dein Konto bei {instance} soll eine neue E-Mail-Adresse bekommen",
     "dein Konto bei {instance} soll anstelle dieser E-Mail-Adresse die Adresse {email} bekommen. Bis die neue "
     "bestätigt ist, bleibt diese und gilt wie immer.\n\n"
     "Das warst du? Dann sieh bei der neuen Adresse nach unserer Mail.\n\n"
     "Das warst nicht du? Dann kennt jemand dein Passwort. Melde dich an, setze ein neues Passwort und stelle unter "
     "„Konto“ deine E-Mail-Adresse wieder her."},

    {"email_change_of_taken_address", "Jemand wollte deine E-Mail-Adresse bei {instance} benutzen",
     "jemand mit einem anderen Konto bei {instance} wollte ihm diese E-Mail-Adresse geben. Sie gehört zu deinem Konto, "
     "deshalb wurde nichts geändert.\n\n"
     "Das warst du? Eine Adresse gilt nur für ein Konto: Nimm eine andere, oder lösche eines der Konten.\n\n"
     "Das warst nicht du? Dann tu nichts: Von uns hat niemand erfahren, dass du ein Konto hast."},

    {"email_changed", "Dein Konto bei {instance} hat eine neue E-Mail-Adresse",
     "die E-Mail-Adresse deines Kontos bei {instance} ist jetzt {email}. Diese hier wird nicht mehr benutzt.\n\n"
     "Das warst nicht du? Dann sag es sofort den Leuten, die {instance} betreiben."},

    {"password_reset", "Ein neues Passwort für {instance}",
     "jemand, wahrscheinlich du, hat das Passwort deines Kontos bei {instance} vergessen. Setze auf dieser Seite ein "
     "neues:\n\n"
     "{link}\n\n"
     "Der Link gilt zehn Minuten und einmal.\n\n"
     "Das warst nicht du? Dann tu nichts: Dein Passwort bleibt, wie es ist."},

    {"password_changed", "Dein Passwort bei {instance} wurde geändert",
     "das Passwort deines Kontos bei {instance} wurde geändert, und andere Geräte wurden abgemeldet.\n\n"
     "Das warst nicht du? Dann wähle beim Anmelden „Passwort vergessen?“ und setze sofort ein neues."},

    {"second_factor_changed:on", "Dein Konto bei {instance} hat einen zweiten Faktor",
     "ab jetzt fragt {instance} beim Anmelden nach einem Code aus deiner Authenticator-App. Bewahre deine "
     "Wiederherstellungscodes gut auf: Sie lassen dich herein, wenn die App verloren geht.\n\n"
     "Das warst nicht du? Dann sag es den Leuten, die {instance} betreiben: Sie können den zweiten Faktor wieder "
     "entfernen."},

    {"second_factor_changed:off", "Dein Konto bei {instance} hat keinen zweiten Faktor mehr",
     "ab jetzt genügt das Passwort, um sich bei deinem Konto auf {instance} anzumelden.\n\n"
     "Das warst nicht du? Dann melde dich an, setze ein neues Passwort und schalte den zweiten Faktor wieder ein."},

    {"second_factor_changed:new_codes", "Neue Wiederherstellungscodes bei {instance}",
     "dein Konto bei {instance} hat neue Wiederherstellungscodes. Die bisherigen gelten nicht mehr.\n\n"
     "Das warst nicht du? Dann melde dich an, setze ein neues Passwort und erzeuge wieder neue Codes."},

    {"second_factor_changed:code_used", "Bei {instance} wurde ein Wiederherstellungscode benutzt",
     "jemand, wahrscheinlich du, hat sich mit einem deiner Wiederherstellungscodes bei {instance} angemeldet. Jeder "
     "gilt einmal; erzeuge neue, wenn nur noch wenige übrig sind.\n\n"
     "Das warst nicht du? Dann melde dich an, setze ein neues Passwort und erzeuge neue Codes."},

    {"second_factor_changed:off_by_admin", "Der zweite Faktor deines Kontos bei {instance} wurde entfernt",
     "jemand von der Verwaltung von {instance} hat den zweiten Faktor deines Kontos entfernt: Zum Anmelden genügt "
     "jetzt das Passwort. Unter „Konto“ kannst du ihn wieder einschalten.\n\n"
     "Du hast nicht darum gebeten? Dann sprich mit den Leuten, die {instance} betreiben."},

    {"account_deleted", "Dein Konto bei {instance} wurde gelöscht",
     "dein Konto bei {instance} wurde gelöscht, mit seinen Dateien, Freigaben und Verbindungen. 30 Tage danach ist "
     "diese E-Mail-Adresse dort für ein neues Konto frei.\n\n"
     "Das warst nicht du? Dann sag es den Leuten, die {instance} betreiben."},
}};

const MailTemplate* find(std::string_view key) {
  const auto found = std::find_if(kTexts.begin(), kTexts.end(), [&](const auto& text) { return text.key == key; });
  return found == kTexts.end() ? nullptr : &*found;
}

}  // namespace

const MailLanguage kGermanMails{"Hallo,", "Hallo {name},", "{instance} hat diese Mail von selbst geschickt.", &find};

}  // namespace kith::accounts
