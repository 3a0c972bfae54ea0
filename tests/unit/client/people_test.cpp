// Whom people mean, what they answer, and what of a server's answer is shown.
#include "client/people.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/follow_connection.hpp"
#include "client/listing.hpp"
#include "client/question.hpp"

namespace kith::client {
namespace {

using core::Json;

TEST(People, AreNamedInFullOrByTheirHandle) {
  EXPECT_TRUE(names("bob@b.example", "bob@b.example"));
  EXPECT_TRUE(names("Bob@B.example", "bob@b.example"));
  EXPECT_TRUE(names("bob", "bob@b.example"));
  EXPECT_FALSE(names("bo", "bob@b.example"));
  EXPECT_FALSE(names("bob@b", "bob@b.example"));
  EXPECT_FALSE(names("bob@c.example", "bob@b.example"));
  EXPECT_FALSE(names("", "@b.example"));
  EXPECT_FALSE(names("bob", ""));
}

TEST(People, AreNotTakenForIds) {
  EXPECT_TRUE(is_id("01j9z3v7k2m4n6p8q0r2s4t6v8"));
  EXPECT_FALSE(is_id("01J9Z3V7K2M4N6P8Q0R2S4T6V8"));
  EXPECT_FALSE(is_id("01j9z3v7k2m4n6p8q0r2s4t6v"));
  EXPECT_FALSE(is_id("81j9z3v7k2m4n6p8q0r2s4t6v8"));
  EXPECT_FALSE(is_id("01j9z3v7k2m4n6p8q0r2s4t6vu"));
  EXPECT_FALSE(is_id("somebody-with-a-long-name@"));
}

TEST(People, ThatMayBeMeantAreNamedWithTheirIdsAndNotEndlessly) {
  Json objects = Json::array();
  objects.push_back({{"peer", "bob@b.example"}, {"id", "1"}});
  objects.push_back({{"peer", "bob@c\x1b.example"}, {"id", "2"}});
  EXPECT_EQ(candidates_text(objects, "peer"), "bob@b.example (1), bob@c .example (2)");
  for (int i = 0; i < 1000; ++i) objects.push_back(objects.front());
  EXPECT_LT(candidates_text(objects, "peer").size(), 300U);
}

TEST(Question, IsAnsweredByYesOrNoOnly) {
  for (const auto* yes : {"yes", "y", "YES", " yes ", "yes\r"}) EXPECT_EQ(yes_or_no(yes), true) << yes;
  for (const auto* no : {"no", "n", "No"}) EXPECT_EQ(yes_or_no(no), false) << no;
  for (const auto* neither : {"", "ye", "yes please", "nope", "1"}) EXPECT_EQ(yes_or_no(neither), std::nullopt);
}

TEST(Cells, AreNeverEmptyAndNeverRaw) {
  const Json object{{"text", "a\x1b[2Jb"}, {"none", ""},  {"null", nullptr},  {"size", 1500u},
                    {"minus", -1},         {"yes", true}, {"time", "\x1b[2J"}};
  EXPECT_EQ(text_cell(object, "text"), "a [2Jb");
  for (const auto* field : {"none", "null", "size", "absent"}) EXPECT_EQ(text_cell(object, field), "-") << field;
  EXPECT_EQ(time_cell(object, "absent"), "-");
  EXPECT_EQ(time_cell(object, "time"), " [2J");
  EXPECT_EQ(size_cell(object, "size"), "1.5 kB");
  EXPECT_EQ(size_cell(object, "minus"), "-");
  EXPECT_EQ(size_cell(object, "text"), "-");
  EXPECT_EQ(number_cell(object, "minus"), "-1");
  EXPECT_EQ(yes_cell(object, "yes"), "yes");
  EXPECT_EQ(yes_cell(object, "text"), "no");
  EXPECT_EQ(text_cell(Json::array(), "text"), "-") << "no object at all";
}

TEST(Obstacle, IsTheLastErrorThatWasNotOvercome) {
  const Json failing{{"done", false}, {"last_error", "peer_unreachable: it is down"}, {"help", "Wait."}};
  const Json overcome{{"done", true}, {"last_error", "peer_unreachable: it was down"}, {"help", "Wait."}};
  const auto story = [](const Json& last) { return Json{{"timeline", Json::array({Json::object(), last})}}; };
  EXPECT_EQ(obstacle_of(story(failing)), "peer_unreachable: it is down Wait.");
  EXPECT_EQ(obstacle_of(story(overcome)), "");
  EXPECT_EQ(obstacle_of(story({{"done", false}, {"last_error", nullptr}})), "");
  EXPECT_EQ(obstacle_of(story({{"done", false}, {"last_error", "a\x1b[2Jb"}})), "a [2Jb");
  EXPECT_EQ(obstacle_of(story(Json::array())), "");
  EXPECT_EQ(obstacle_of(Json::object()), "");
}

}  // namespace
}  // namespace kith::client
