#!/bin/bash
# The seed's two curl requests: one answered in a stream, one in one piece.
#
#   cargo run -p alphora-examples --example session
#   examples/requests/curl.sh [http://localhost:8000]
set -euo pipefail
url=${1:-http://localhost:8000}/alphadata/chat/completions

# Prints what was received on standard input, and fails unless it holds every text that is named.
expect() {
  local answer text
  answer=$(cat)
  printf '%s\n' "$answer"
  for text in "$@"; do
    grep -qF -- "$text" <<<"$answer" || { echo "curl.sh: the answer does not hold $text" >&2; return 1; }
  done
}

echo "# streaming"
curl -sS --fail-with-body --max-time 30 -X POST "$url" \
  -H "Content-Type: application/json" \
  -d '{
    "messages": [{"role": "user", "content": "你好"}],
    "stream": true,
    "session_id": "test-session"
  }' | expect '"object":"chat.completion.chunk"' '"content_type":"text"' '"content_type":"stop"' \
  '"finish_reason":"stop"' 'data: [DONE]'

echo "# in one piece"
curl -sS --fail-with-body --max-time 30 -X POST "$url" \
  -H "Content-Type: application/json" \
  -d '{
    "messages": [{"role": "user", "content": "你好"}],
    "stream": false
  }' | expect '"object":"chat.completion"' '"content_type":"mixed-xml"' '<content type=\"text\">' \
  '"message":' '"finish_reason":"stop"'
