#include "kube/transport.h"

#include <cpprest/http_client.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pplx/threadpool.h>
#include <sys/stat.h>

#include <fstream>
#include <mutex>
#include <sstream>

#include "base/error.h"

namespace sluice::kube {

// A source may be cancelled once and read by many; it belongs to this file's library.
struct Cancellation::State {
  pplx::cancellation_token_source source;
};

namespace {

using base::Error;
using base::ErrorKind;

constexpr std::chrono::seconds kAnswerWithin{30};
constexpr std::chrono::seconds kSilence{150};

// A text, or a file that is read again when its modification time or size changes. Thread safe.
class Rotated {
 public:
  Rotated(std::string text, std::string file) : text_(std::move(text)), file_(std::move(file)) {}

  std::string get() {
    if (file_.empty()) return text_;
    struct stat now {};
    const std::lock_guard lock(mutex_);
    if (stat(file_.c_str(), &now) != 0 || same(now)) return text_;
    std::ifstream stream(file_, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    // A file that is being replaced may be empty for a moment.
    if (stream && !content.str().empty()) {
      text_ = content.str();
      seen_ = now;
    }
    return text_;
  }

 private:
  bool same(const struct stat& now) const {
    return now.st_mtim.tv_sec == seen_.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == seen_.st_mtim.tv_nsec && now.st_ino == seen_.st_ino &&
           now.st_size == seen_.st_size;
  }

  std::mutex mutex_;
  std::string text_;
  const std::string file_;
  struct stat seen_ {};
};

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Bio bio_of(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// In place of the system's authorities, which cpprestsdk trusts otherwise.
void trust_only(SSL_CTX* context, const std::string& authorities) {
  X509_STORE* store = X509_STORE_new();
  const Bio bio = bio_of(authorities);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    X509_STORE_add_cert(store, certificate);
    X509_free(certificate);
  }
  SSL_CTX_set_cert_store(context, store);  // takes it
}

void present(SSL_CTX* context, const std::string& chain, const std::string& key) {
  const Bio certificates = bio_of(chain);
  X509* leaf = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr);
  if (leaf == nullptr) return;
  SSL_CTX_use_certificate(context, leaf);
  X509_free(leaf);
  while (X509* more = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr))
    SSL_CTX_add_extra_chain_cert(context, more);  // takes it
  const Bio bio = bio_of(key);
  if (EVP_PKEY* private_key = PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)) {
    SSL_CTX_use_PrivateKey(context, private_key);
    EVP_PKEY_free(private_key);
  }
}

// Takes the body of a stream. Until the answer's status is known the bytes wait here; those of an
// answer that is no success stay.
class Sink : public Concurrency::streams::details::streambuf_state_manager<uint8_t> {
 public:
  using Base = Concurrency::streams::details::streambuf_state_manager<uint8_t>;
  explicit Sink(std::function<void(std::string_view)> bytes)
      : Base(std::ios_base::out), bytes_(std::move(bytes)) {}

  void open(bool success) {
    const std::lock_guard lock(mutex_);
    success_ = success;
    if (success) deliver(std::exchange(kept_, {}));
  }
  // What the receiver of the bytes threw; it gets no more of them.
  std::exception_ptr failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  std::string kept() {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

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
  uint8_t* _alloc(size_t) override { return nullptr; }
  void _commit(size_t) override {}
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  pplx::task<int_type> _putc(uint8_t byte) override {
    take(&byte, 1);
    return pplx::task_from_result<int_type>(byte);
  }
  pplx::task<size_t> _putn(const uint8_t* data, size_t count) override {
    const std::exception_ptr failure = take(data, count);
    return failure ? pplx::task_from_exception<size_t>(failure) : pplx::task_from_result(count);
  }
  pplx::task<int_type> _bumpc() override { return nothing(); }
  int_type _sbumpc() override { return traits::eof(); }
  pplx::task<int_type> _getc() override { return nothing(); }
  int_type _sgetc() override { return traits::eof(); }
  pplx::task<int_type> _nextc() override { return nothing(); }
  pplx::task<int_type> _ungetc() override { return nothing(); }
  pplx::task<size_t> _getn(uint8_t*, size_t) override { return pplx::task_from_result<size_t>(0); }
  size_t _scopy(uint8_t*, size_t) override { return 0; }

 private:
  static pplx::task<int_type> nothing() { return pplx::task_from_result<int_type>(traits::eof()); }

  std::exception_ptr take(const uint8_t* data, size_t count) {
    const std::string_view piece(reinterpret_cast<const char*>(data), count);
    const std::lock_guard lock(mutex_);
    if (success_.value_or(false))
      deliver(piece);
    else
      kept_ += piece;
    return failure_;
  }

  void deliver(std::string_view piece) {
    if (failure_ || piece.empty()) return;
    try {
      bytes_(piece);
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  std::mutex mutex_;
  std::function<void(std::string_view)> bytes_;
  std::optional<bool> success_;
  std::string kept_;
  std::exception_ptr failure_;
};

// Every task of the library ends here: one that nobody asks ends the process.
template <class T>
T await(pplx::task<T> task, const std::string& what, ErrorKind kind) {
  const auto fail = [&](const std::string& why) {
    return Error(kind, kind == ErrorKind::InDoubt ? "AnswerLost" : "ApiServerUnreachable",
                 what + ": " + why);
  };
  try {
    return task.get();
  } catch (const Error&) {
    throw;
  } catch (const pplx::task_canceled&) {
    throw fail("cancelled");
  } catch (const std::exception& error) {
    throw fail(error.what());
  }
}

std::optional<std::chrono::seconds> retry_after(const web::http::http_response& response) {
  int seconds = 0;
  if (!response.headers().match("Retry-After", seconds) || seconds < 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

class CpprestTransport : public Transport {
 public:
  explicit CpprestTransport(const Config& config)
      : server_(config.server),
        ca_(config.ca, config.ca_file),
        certificate_(config.client_certificate, config.client_certificate_file),
        key_(config.client_key, config.client_key_file),
        token_(config.token, config.token_file),
        client_(server_, settings(kAnswerWithin)) {}

  Response send(const Request& request) override {
    const std::string what = request.method + " " + request.path_and_query;
    const ErrorKind kind = request.method == "GET" ? ErrorKind::Transient : ErrorKind::InDoubt;
    const web::http::http_response answer = await(client_.request(to_library(request)), what, kind);
    Response response;
    response.status = answer.status_code();
    response.retry_after = retry_after(answer);
    response.body = await(answer.extract_utf8string(true), what, kind);
    return response;
  }

  Response stream(const Request& request, const std::function<void(std::string_view)>& bytes,
                  Cancellation& cancellation) override {
    const std::string what = request.method + " " + request.path_and_query;
    const auto sink = std::make_shared<Sink>(bytes);
    web::http::client::http_client client(server_, settings(kSilence));
    web::http::http_request asked = to_library(request);
    asked.set_response_stream(
        Concurrency::streams::ostream(Concurrency::streams::streambuf<uint8_t>(sink)));
    const web::http::http_response answer = await(
        client.request(asked, cancellation.state().source.get_token()), what, ErrorKind::Transient);
    sink->open(answer.status_code() == 200);
    if (sink->failure()) cancellation.cancel();
    try {
      await(answer.content_ready(), what, ErrorKind::Transient);
    } catch (const Error&) {
      if (!sink->failure()) throw;
    }
    if (sink->failure()) std::rethrow_exception(sink->failure());
    return {answer.status_code(), sink->kept(), retry_after(answer)};
  }

 private:
  web::http::client::http_client_config settings(std::chrono::seconds timeout) {
    web::http::client::http_client_config settings;
    settings.set_timeout(timeout);
    settings.set_validate_certificates(true);
    settings.set_ssl_context_callback([this](boost::asio::ssl::context& context) {
      SSL_CTX* const native = context.native_handle();
      SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
      trust_only(native, ca_.get());
      present(native, certificate_.get(), key_.get());
    });
    return settings;
  }

  web::http::http_request to_library(const Request& request) {
    web::http::http_request made(request.method);
    made.set_request_uri(web::uri(request.path_and_query));
    made.headers().add("Accept", "application/json");
    made.headers().add("User-Agent", "sluice-operator");
    if (const std::string token = token_.get(); !token.empty())
      made.headers().add("Authorization",
                         "Bearer " + token.substr(0, token.find_last_not_of("\r\n ") + 1));
    if (!request.body.empty()) made.set_body(request.body, request.content_type);
    return made;
  }

  const std::string server_;
  Rotated ca_;
  Rotated certificate_;
  Rotated key_;
  Rotated token_;
  web::http::client::http_client client_;
};

}  // namespace

Cancellation::Cancellation() : state_(std::make_unique<State>()) {}
Cancellation::~Cancellation() = default;
void Cancellation::cancel() { state_->source.cancel(); }
bool Cancellation::cancelled() const { return state_->source.get_token().is_canceled(); }

std::shared_ptr<Transport> make_transport(const Config& config) {
  return std::make_shared<CpprestTransport>(config);
}

void start_io_threads() { crossplat::threadpool::initialize_with_threads(4); }

}  // namespace sluice::kube
