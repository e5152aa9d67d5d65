// Takes the body of an answer from cpprestsdk. Included by transport.cc alone.
#pragma once

#include <functional>
#include <utility>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverloaded-virtual"
#include <cpprest/astreambuf.h>
#pragma GCC diagnostic pop

namespace sluice::kube {

// A stream buffer that can only be written to. The library's own collects without bound, and its
// reader waits for a whole buffer; here each piece goes to `take` as it arrives, on a thread of the
// library, which reads on once the task is done. `take` must not throw, which would end the
// process.
class Sink : public concurrency::streams::details::streambuf_state_manager<uint8_t> {
 public:
  using Take = std::function<pplx::task<size_t>(const char*, size_t)>;

  explicit Sink(Take take)
      : concurrency::streams::details::streambuf_state_manager<uint8_t>(std::ios_base::out),
        take_(std::move(take)) {}

  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  size_t in_avail() const override { return 0; }
  size_t buffer_size(std::ios_base::openmode) const override { return 0; }
  void set_buffer_size(size_t, std::ios_base::openmode) override {}
  pos_type getpos(std::ios_base::openmode) const override { return traits::eof(); }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return traits::eof(); }
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
    return traits::eof();
  }
  bool acquire(uint8_t*& data, size_t& count) override {
    data = nullptr;
    count = 0;
    return false;
  }
  void release(uint8_t*, size_t) override {}

 protected:
  pplx::task<size_t> _putn(const uint8_t* data, size_t count) override {
    return take_(reinterpret_cast<const char*>(data), count);
  }
  pplx::task<int_type> _putc(uint8_t byte) override {
    return _putn(&byte, 1).then([byte](size_t) { return int_type{byte}; });
  }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  uint8_t* _alloc(size_t) override { return nullptr; }
  void _commit(size_t) override {}

  pplx::task<int_type> _bumpc() override { return end(); }
  pplx::task<int_type> _getc() override { return end(); }
  pplx::task<int_type> _nextc() override { return end(); }
  pplx::task<int_type> _ungetc() override { return end(); }
  pplx::task<size_t> _getn(uint8_t*, size_t) override { return pplx::task_from_result<size_t>(0); }
  int_type _sbumpc() override { return traits::eof(); }
  int_type _sgetc() override { return traits::eof(); }
  size_t _scopy(uint8_t*, size_t) override { return 0; }

 private:
  static pplx::task<int_type> end() { return pplx::task_from_result<int_type>(traits::eof()); }

  const Take take_;
};

}  // namespace sluice::kube
