#include "config/yaml_tree.hpp"

namespace kith::config {
namespace {

std::string refusal(const std::string& text) {
  auto tree = parse_yaml(text);
  if (tree) return "accepted";
  return std::to_string(tree.error().place.line) + ":" + std::to_string(tree.error().place.column) + " " +
         tree.error().text;
}

TEST(YamlTree, KeepsValuesAndPlaces) {
  const auto tree = parse_yaml("a: x\nb:\n  - 'y'\n  -\nc: {d: e}\n");
  ASSERT_TRUE(tree) << tree.error().text;
  ASSERT_EQ(tree->entries.size(), 3u);
  EXPECT_EQ(tree->entries[0].key, "a");
  EXPECT_EQ(tree->entries[0].value.text, "x");
  EXPECT_TRUE(tree->entries[0].value.plain);
  EXPECT_EQ(tree->entries[0].value.place, (Place{1, 4}));
  const auto& list = tree->entries[1].value;
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_FALSE(list.items[0].plain);
  EXPECT_EQ(list.items[0].place, (Place{3, 5}));
  EXPECT_EQ(list.items[1].kind, YamlNode::Kind::null);
  EXPECT_EQ(tree->entries[2].value.entries[0].value.text, "e");
}

TEST(YamlTree, RefusesDuplicateKeys) {
  EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"), "3:1 \"a\" stands here twice; the first is in line 1");
  EXPECT_EQ(refusal("a: {k: 1}\nb: {k: 1}\n"), "accepted");
}

TEST(YamlTree, RefusesAliasesSoNothingGrows) {
  EXPECT_THAT(refusal("a: &x [1, 2]\nb: *x\n"), testing::StartsWith("2:4 aliases"));
  EXPECT_THAT(refusal("a: &x {b: 1}\nc: {<<: *x}\n"), testing::HasSubstr("aliases"));
}

TEST(YamlTree, RefusesDeepNesting) {
  EXPECT_THAT(refusal(std::string(100'000, '[')), testing::HasSubstr("nested too deeply"));
  EXPECT_THAT(refusal(std::string(50'000, '{')), testing::HasSubstr("nested too deeply"));
  std::string indented;
  for (std::size_t i = 0; i < 100; ++i) indented += std::string(i, ' ') + "a:\n";
  EXPECT_THAT(refusal(indented), testing::HasSubstr("nested too deeply"));
}

TEST(YamlTree, RefusesTooManyValues) {
  std::string list;
  for (int i = 0; i < 20'000; ++i) list += "- 1\n";
  EXPECT_THAT(refusal(list), testing::HasSubstr("too many values"));
}

TEST(YamlTree, RefusesWhatConfigurationsDoNotNeed) {
  EXPECT_THAT(refusal("a: 1\n---\nb: 1\n"), testing::HasSubstr("only one document"));
  EXPECT_THAT(refusal("a: !!binary aGk=\n"), testing::HasSubstr("tags"));
  EXPECT_THAT(refusal("a: !thing {}\n"), testing::HasSubstr("tags"));
  EXPECT_THAT(refusal("[a, b]: 1\n"), testing::HasSubstr("a key must be a name"));
  EXPECT_THAT(refusal("~: 1\n"), testing::HasSubstr("a key must be a name"));
}

TEST(YamlTree, TellsWhereTheYamlIsBroken) {
  EXPECT_THAT(refusal("a: 1\nb: [1,\n"), testing::HasSubstr("not valid YAML"));
  EXPECT_THAT(refusal("a: 'open\n"), testing::HasSubstr("not valid YAML"));
  EXPECT_THAT(refusal("a: \"open\nb: 1\n\n"), testing::HasSubstr("not valid YAML"));
  EXPECT_THAT(refusal("a: 1\n\tb: 2\n"), testing::StartsWith("2:"));
}

}  // namespace
}  // namespace kith::config
