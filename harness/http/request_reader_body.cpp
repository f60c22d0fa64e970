// RequestReader: bodies, by their length or in chunks.
#include <algorithm>
#include <optional>

#include "harness/http/chunk_line.h"
#include "harness/http/lines.h"
#include "harness/http/request_reader.h"

namespace bench {
namespace {

constexpr Refusal kBadChunk{400, "malformed chunk"};

}  // namespace

RequestReader::MaybeEvent RequestReader::take_data(std::span<char> bytes,
                                                   std::size_t& size) {
  if (bytes.empty()) return Event::partial;
  size = std::min<std::uint64_t>(left_, bytes.size());
  body_ = text_of(bytes.first(size));
  if (!parse(body_)) return Event::refused;
  left_ -= size;
  if (left_ == 0) phase_ = fields_.chunked() ? Phase::data_end : Phase::over;
  return Event::body;
}

RequestReader::MaybeEvent RequestReader::take_data_end(std::string_view bytes,
                                                       std::size_t& size) {
  constexpr std::string_view kEnd = "\r\n";
  const std::string_view begin = bytes.substr(0, kEnd.size());
  if (!kEnd.starts_with(begin)) return refuse(kBadChunk);
  if (begin.size() < kEnd.size()) return Event::partial;
  if (!parse(begin)) return Event::refused;
  size = kEnd.size();
  phase_ = Phase::size_line;
  return {};
}

RequestReader::MaybeEvent RequestReader::take_size_line(std::string_view bytes,
                                                        std::size_t& size) {
  const std::size_t end = line_end(bytes, looked_at_);
  const std::string_view line = bytes.substr(0, end == 0 ? bytes.npos : end);
  const std::string_view content = content_of(line);
  if (content.size() > kLongestChunkLine) return refuse(kBadChunk);
  looked_at_ = end == 0 ? bytes.size() : 0;
  if (end == 0) return Event::partial;
  if (const Refusal refusal = check_line_end(line)) return refuse(refusal);
  const std::optional<ChunkLine> chunk = parse_chunk_line(content);
  if (!chunk) return refuse(kBadChunk);
  if (chunk->size > limits_.body - body_size_) return refuse(kLongBody);
  field_bytes_ += content.size() - chunk->size_digits;
  if (field_bytes_ > limits_.head) return refuse(kLongFields);
  // llhttp need not know of extensions that nobody wants.
  if (!parse(line.substr(0, chunk->size_digits)) ||
      !parse(line.substr(content.size()))) {
    return Event::refused;
  }
  size = end;
  body_size_ += chunk->size;
  left_ = chunk->size;
  phase_ = left_ == 0 ? Phase::trailers : Phase::data;
  return {};
}

RequestReader::MaybeEvent RequestReader::take_trailer(std::span<char> bytes,
                                                      std::size_t& size) {
  const std::string_view text = text_of(bytes);
  const std::size_t end = line_end(text, looked_at_);
  if (end == 0) {
    looked_at_ = text.size();
    const bool fits = field_bytes_ + text.size() <= limits_.head;
    return fits ? Event::partial : refuse(kLongFields);
  }
  looked_at_ = 0;
  if (const Refusal refusal = look_at_field(bytes, end)) return refuse(refusal);
  if (!parse(text.substr(0, end))) return Event::refused;
  size = end;
  if (end > 2) return {};
  phase_ = Phase::head;
  return Event::end;
}

}  // namespace bench
