// A database of its own for each test, and words for what was read of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "schema/read.h"
#include "tests/database/runner_server.h"

namespace sluice::schema {

class SchemaBench : public testing::Test {
 protected:
  void SetUp() override {
    static std::atomic<int> count = 0;
    database_ = "schema_" + std::to_string(++count);
    session("postgres").execute("CREATE DATABASE " + database_);
  }

  postgres::Session session(const std::string& database) const {
    return postgres::Session({runner::Server::instance().superuser_url(database), {}});
  }
  postgres::Session session() const { return session(database_); }

  void execute(const std::string& sql) const { session().execute(sql); }
  Catalog read() const {
    postgres::Session reading = session();
    return schema::read(reading);
  }
  Catalog read_after(const std::string& sql) const {
    execute(sql);
    return read();
  }

  std::string database_;
};

// "column total of public.orders"
inline std::string named(const Object& object) {
  return std::string(to_string(object.key.kind)) + " " + object.identity +
         (object.relation.empty() ? "" : " of " + object.relation);
}

inline std::vector<std::string> names(const Catalog& catalog) {
  std::vector<std::string> all;
  for (const Object& object : catalog.objects) all.push_back(named(object));
  return all;
}

inline const Object& object(const Catalog& catalog, const std::string& name) {
  for (const Object& each : catalog.objects)
    if (named(each) == name) return each;
  throw std::runtime_error("not read: " + name);
}

template <class T>
const T& details(const Catalog& catalog, const std::string& name) {
  return std::get<T>(object(catalog, name).details);
}

inline std::vector<std::string> needs(const Catalog& catalog, const std::string& name) {
  std::vector<std::string> all;
  for (const Ref ref : object(catalog, name).needs) all.push_back(named(catalog.at(ref)));
  return all;
}

// "SELECT to <owner>, USAGE to PUBLIC, …": * for the grant option.
inline std::string grants(const Object& of) {
  std::string all;
  for (const Grant& grant : of.grants)
    all += (all.empty() ? "" : ", ") + grant.privilege + (grant.grantable ? "*" : "") + " to " +
           (grant.grantee.empty() ? "PUBLIC" : grant.grantee);
  return all;
}

inline std::string text(const Options& options) {
  std::string all;
  for (const auto& [name, value] : options) all += (all.empty() ? "" : ", ") + name + "=" + value;
  return all;
}

inline std::string text(const std::vector<std::string>& list) {
  std::string all;
  for (const std::string& item : list) all += (all.empty() ? "" : ", ") + item;
  return all;
}

}  // namespace sluice::schema
