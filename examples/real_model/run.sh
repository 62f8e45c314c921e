#!/bin/bash
# Runs the examples that talk to a language model against a real one: each with the two curl lines of its own top
# comment, streaming, as two turns of one session.
#
#   OPENAI_BASE_URL=http://localhost:18081/v1 OPENAI_MODEL=local examples/real_model/run.sh
#
# The server is one whose model calls tools and keeps its answers short, as `serve.py` beside this is.
# What a model says is its own; what is looked at is that it was asked, that it answered, and that the session grew.
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
patience=120
. "$here/harness.sh"
base_url=${OPENAI_BASE_URL:?names the model server}
model=${OPENAI_MODEL:?names the model}
build

# with_model NAME: two turns, both streamed to their ends.
with_model() {
  start "$1" OPENAI_BASE_URL="$base_url" OPENAI_MODEL="$model" OPENAI_API_KEY=canary-key
  try_comment
  local ends
  ends=$(grep -cF 'data: [DONE]' <<<"$answers")
  [ "$ends" -eq 2 ] || problem "$ends of 2 streams came to their end"
  # As an answer or an event, and not as a word that the model says.
  ! grep -qE '^(data: )?\{"error":' <<<"$answers" || problem "an answer is an error"
  [ "$(grep -cF '"content_type":"text"' <<<"$answers")" -ge 2 ] || problem "there is hardly any text"
  echo "$1 said: $(grep -oE '"content":"[^"]*","content_type":"text"' <<<"$answers" | cut -d'"' -f4 | tr -d '\n' | cut -c1-160)"
  ! grep -qF canary-key "$work/log" || problem "the key is in the log"
}

with_model basic_agent
# The whole conversation goes to the model, so that the second prompt is longer than both questions.
ask /api/v1/chat/completions '{"messages": [{"role": "user", "content": "Who am I?"}], "session_id": "user-001", "stream": false}'
prompt=$(grep -oE '"prompt_tokens":[0-9]+' <<<"$answers" | tail -n 1 | cut -d: -f2)
[ "${prompt:-0}" -gt 40 ] || problem "the third prompt has ${prompt:-no} tokens: the session was not sent"
stop

with_model production
stop

with_model conversation
stop

with_model structured_output
holds 'I know ' ', '
stop

with_model tool_agent
holds 'calling a tool...'
stop

with_model clock
holds '"content_type":"status"' 'current_time'
stop

finish
