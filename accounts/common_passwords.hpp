#pragma once
// Which passwords are guessed first, however long they are: common ones, and those made of one word, one key after the
// other, or what anybody knows of the account. common_passwords.txt has the list: the most common passwords of twelve
// characters and more, and the words of which most others are made, lower case, in the order of their bytes. Pure,
// thread-safe.

#include <span>
#include <string_view>

namespace kith::accounts {

// The list, sorted.
std::span<const std::string_view> common_passwords();

// Whether `password` is among the first that somebody would try, in any case of letters:
// - on the list, or one of `about` (the e-mail address, the handle, the name of the instance), also with digits in the
//   place of letters;
// - one of these between digits and marks ("Summer2024!!"), or repeated ("letmeinletmein");
// - a few characters repeated, or keys, letters and digits in their order ("qwertyuiop123").
bool is_easily_guessed(std::string_view password, std::span<const std::string_view> about = {});

}  // namespace kith::accounts
