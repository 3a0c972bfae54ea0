#include "client/output.hpp"

#include <gtest/gtest.h>

namespace kith::test {

using client::exit_status;
using core::ErrorCode;

TEST(Output, TablesAreAlignedByCharactersNotBytes) {
  client::Table table({"NAME", "SIZE"});
  table.add({"Größe", "1"});
  table.add({"a", "22"});
  EXPECT_EQ(table.text(false), "Größe  1\na      22\n");
  EXPECT_EQ(table.text(true), "NAME   SIZE\nGröße  1\na      22\n");
}

TEST(Output, RowsEndWithoutSpaces) {
  client::Table table({"NAME", "NOTE"});
  table.add({"long name", ""});
  table.add({"a", "b"});
  EXPECT_EQ(table.text(false), "long name\na          b\n");
}

TEST(Output, TimesOfTheApiAreForPeople) {
  EXPECT_EQ(client::time_text("2026-11-20T13:15:02.123Z").size(), 16U);
  EXPECT_EQ(client::time_text("soon\x1b[2J"), "soon [2J");
}

TEST(Output, ExitStatusesAreThoseThatAreDocumented) {
  EXPECT_EQ(exit_status(ErrorCode::internal), 1);
  EXPECT_EQ(exit_status(ErrorCode::quota_exceeded), 1);
  EXPECT_EQ(exit_status(ErrorCode::conflict), 1);
  for (const auto code : {ErrorCode::unauthorized, ErrorCode::forbidden, ErrorCode::scope_missing, ErrorCode::gone,
                          ErrorCode::wrong_password, ErrorCode::second_factor_required})
    EXPECT_EQ(exit_status(code), 3) << core::error_info(code).name;
  EXPECT_EQ(exit_status(ErrorCode::peer_unreachable), 4);
  EXPECT_EQ(exit_status(ErrorCode::not_found), 5);
}

}  // namespace kith::test
