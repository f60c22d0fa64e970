// RequestReader: lines, then llhttp, then what the fields add up to.
#include "harness/http/request_reader.h"

#include <algorithm>

#include "harness/http/characters.h"
#include "harness/http/lines.h"

namespace bench {
namespace {

constexpr Refusal kFolded{400, "a line begins with white space"};
constexpr Refusal kNoName{400, "a field without a name"};
constexpr Refusal kManyFields{431, "too many header fields"};

RequestReader& request_reader_of(llhttp_t* parser) {
  return *static_cast<RequestReader*>(parser->data);
}

}  // namespace

const llhttp_settings_t& RequestReader::settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t all;
    llhttp_settings_init(&all);
    // Names and values come in one piece: llhttp gets whole lines.
    all.on_header_field = [](llhttp_t* parser, const char* data,
                             std::size_t size) {
      request_reader_of(parser).name_ = {data, size};
      return 0;
    };
    all.on_header_value = [](llhttp_t* parser, const char* data,
                             std::size_t size) {
      return request_reader_of(parser).on_value({data, size});
    };
    all.on_headers_complete = [](llhttp_t* parser) {
      return request_reader_of(parser).on_head();
    };
    return all;
  }();
  return settings;
}

RequestReader::RequestReader(const HttpLimits& limits) : limits_(limits) {
  llhttp_init(&parser_, HTTP_REQUEST, &settings());
  parser_.data = this;
}

std::size_t RequestReader::longest_head(const HttpLimits& limits) {
  constexpr std::size_t kRestOfRequestLine = 64;
  return kRestOfRequestLine + limits.target + limits.head + 1;
}

int RequestReader::on_value(std::string_view value) {
  // What comes behind the body cannot say anymore how it was to be read.
  if (phase_ != Phase::head) return HPE_OK;
  refusal_ = fields_.add(name_, trimmed(value));
  return refusal_ ? HPE_USER : HPE_OK;
}

int RequestReader::on_head() {
  refusal_ = fields_.finish(line_.old);
  if (!refusal_ && fields_.length() > limits_.body) refusal_ = kLongBody;
  // We know no other protocol to upgrade to. [RFC 9110, 7.8]
  parser_.upgrade = 0;
  return refusal_ ? HPE_USER : HPE_OK;
}

RequestReader::Taken RequestReader::take(std::span<char> bytes) {
  std::size_t taken = 0;
  for (;;) {
    std::size_t size = 0;
    const MaybeEvent event = take_some(bytes.subspan(taken), size);
    taken += size;
    if (event) return {*event, taken};
  }
}

RequestReader::MaybeEvent RequestReader::take_some(std::span<char> bytes,
                                                   std::size_t& size) {
  if (refusal_) return Event::refused;
  switch (phase_) {
    case Phase::head:
      return take_head(bytes, size);
    case Phase::data:
      return take_data(bytes, size);
    case Phase::size_line:
      return take_size_line(text_of(bytes), size);
    case Phase::data_end:
      return take_data_end(text_of(bytes), size);
    case Phase::trailers:
      return take_trailer(bytes, size);
    case Phase::over:
      break;
  }
  phase_ = Phase::head;
  return Event::end;
}

RequestReader::MaybeEvent RequestReader::take_head(std::span<char> bytes,
                                                   std::size_t& size) {
  const std::string_view text = text_of(bytes);
  if (line_begin_ == 0 && text.starts_with("\r\n")) {
    looked_at_ = 0;
    size = 2;  // empty lines between requests are to be ignored [RFC 9112, 2.2]
    return {};
  }
  Refusal refusal;
  bool complete = false;
  while (!refusal && !complete) {
    const std::size_t end = line_end(text, looked_at_);
    if (end == 0) {
      refusal = look_at_beginning(text);
      looked_at_ = text.size();
      break;
    }
    refusal = look_at_line(bytes, end);
    if (refusal) break;
    complete = end == line_begin_ + 2;
    looked_at_ = line_begin_ = end;
  }
  // The lines in front of a bad one may be worse.
  if (!parse(text.substr(parsed_, line_begin_ - parsed_))) {
    return Event::refused;
  }
  if (refusal) return refuse(refusal);
  parsed_ = line_begin_;
  if (!complete) return Event::partial;
  size = line_begin_;
  finish_line(bytes.data());
  begin_body();
  return Event::head;
}

/// A line that ends at `end`, CRLF included.
Refusal RequestReader::look_at_line(std::span<char> bytes, std::size_t end) {
  if (line_begin_ > 0) return look_at_field(bytes, end);
  return look_at_request_line(text_of(bytes.first(end)));
}

Refusal RequestReader::look_at_request_line(std::string_view line) {
  const std::string_view content = content_of(line);
  if (!line.ends_with("\r\n")) {
    const Refusal early = check_request_line(content, limits_);
    return early ? early : kBareLf;
  }
  const Refusal refusal = parse_request_line(content, limits_, line_);
  if (refusal) return refusal;
  target_at_ = static_cast<std::size_t>(line_.target.data() - line.data());
  llhttp_reset(&parser_);
  fields_ = {};
  field_bytes_ = field_count_ = 0;
  body_size_ = 0;
  return {};
}

Refusal RequestReader::look_at_field(std::span<char> bytes, std::size_t end) {
  const std::span<char> line = bytes.subspan(line_begin_, end - line_begin_);
  field_bytes_ += line.size();
  if (field_bytes_ > limits_.head) return kLongFields;
  if (const Refusal refusal = check_line_end(text_of(line))) return refusal;
  if (line.size() == 2) return {};
  if (line[0] == ' ' || line[0] == '\t') return kFolded;
  if (line[0] == ':') return kNoName;  // llhttp takes it for a field
  if (++field_count_ > limits_.fields) return kManyFields;
  // White space behind a value is none of it, but llhttp takes tabs for a part
  // of it. Spaces may stand for tabs. [RFC 9112, 5.2]
  for (std::size_t i = line.size() - 3;
       i > 0 && (line[i] == ' ' || line[i] == '\t'); --i) {
    line[i] = ' ';
  }
  return {};
}

/// The beginning of a line: what no end could mend.
Refusal RequestReader::look_at_beginning(std::string_view bytes) const {
  if (line_begin_ == 0) {
    return check_request_line(content_of(bytes), limits_);
  }
  const std::size_t size = bytes.size() - line_begin_;
  return field_bytes_ + size > limits_.head ? kLongFields : Refusal{};
}

/// The head is complete, and lies at `head`, where its first line need not
/// have been when that was parsed.
void RequestReader::finish_line(char* head) {
  line_.method = {head, line_.method.size()};
  if (line_.target.empty()) {
    // [RFC 9112, 3.2.1 and 3.2.4]
    line_.target = line_.method == "OPTIONS" ? "*" : "/";
    return;
  }
  char* target = head + target_at_;
  std::size_t size = line_.target.size();
  if (*target == '?') {
    // "http://host?query": the host has been read, its end can be the path.
    *--target = '/';
    ++size;
  }
  line_.target = {target, size};
}

void RequestReader::begin_body() {
  looked_at_ = line_begin_ = parsed_ = 0;
  if (fields_.chunked()) {
    phase_ = Phase::size_line;
  } else if (fields_.length() > 0) {
    phase_ = Phase::data;
    left_ = fields_.length();
  }
}

bool RequestReader::parse(std::string_view bytes) {
  if (bytes.empty()) return true;
  const llhttp_errno_t error =
      llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (error == HPE_OK) return true;
  if (!refusal_) refusal_ = {400, llhttp_get_error_reason(&parser_)};
  return false;
}

RequestReader::Event RequestReader::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return Event::refused;
}

}  // namespace bench
