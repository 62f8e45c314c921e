#!/bin/bash
# Builds all examples, runs each server on a port of its own, sends it the curl lines of its own top comment, and
# looks for what must be in the answers; then runs the scripts of requests/ against the example `session`.
#
#   PYTHON=/path/to/python examples/run.sh      (a Python with `openai` and `requests`; default python3)
#
# Prints a line an example and `N passed, N failed` at the end. Nothing is left running.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
. "$here/harness.sh"
build

start hello
try_comment
holds 'Hello! You said: I am new here' 'data: [DONE]'
run_script "$here/requests/curl.sh"
stop

start quick_start
try_comment
holds '"content_type":"thinking"' 'Hello! (you have written 1 times)' 'data: [DONE]'
stop

start streaming
try_comment
for type in status thinking tool_call code text chart stop; do holds "\"content_type\":\"$type\""; done
holds 'forty-two.' 'data: [DONE]'
stop

start session
try_comment
holds 'Pleased to meet you, 张三.' 'Your name is 张三.'
ask /alphadata/chat/completions '{"messages": [{"role": "user", "content": "what is my name?"}], "session_id": "other"}'
holds 'I do not know your name yet.'
stop

start request
try_comment
holds '\"query\":\"你好\"' '\"roles\":[\"system\",\"user\"]' '\"session_id\":\"user-session-001\"' \
  '\"user\":\"user-123\"' '\"authorization\":\"Bearer not-needed\"' '\"level\":3' '\"temperature\":0.2' '\"stream\":false'
ask /alphadata/chat/completions '{"messages": [{"role": "user", "content": "hi"}], "temperature": "warm"}'
holds '"param":"temperature"'
stop

start client_tools
try_comment
holds '"finish_reason":"tool_calls"' '"name":"get_weather"' 'The weather in Rome: 21 degrees and sunny.'
stop

start several_agents
try_comment
holds 'Good morning, Ada!' 'QUIETLY' '"id":"greeter"' '"id":"TextTools.upper"' '"id":"TextTools.count"' '3 words'
stop

start configuration ALPHORA_CONFIG="$here/configuration/alphora.toml" ALPHORA_CLERK_API_TITLE='Front desk'
try_comment
holds 'This is your request number 1.' '"max_items":500' '"title":"Front desk"' '"/desk/chat/completions"'
answers+=$(cd "$work" && ALPHORA_CLERK_MEMORY_TTL=soon timeout 5 "$binaries/configuration" 2>&1) \
  && problem "a value that cannot be used was taken"
holds 'variable ALPHORA_CLERK_MEMORY_TTL: `soon` is not a valid `memory_ttl`'
stop

# `axum::serve` knows nothing of signals, so that these end at once: 128 + SIGTERM.
start publish_agent_api
try_comment
holds '你好,' 'data: [DONE]'
ask /api/v1/chat/completions '{"messages": [{"role": "user", "content": "再见"}], "session_id": "test-session", "stream": false}'
holds 'You said 再见, which is number 2 of this session.'
answers+=$(curl -sS --max-time 30 "127.0.0.1:$port/openapi.json")
holds '"title":"Production Agent API"' '生产环境智能助手服务'
stop 143

start embed_in_axum
try_comment
holds 'Question 1 was: one more' '1 questions so far'
ask /ai/v1/chat/completions '{"messages": [{"role": "user", "content": "two more"}]}'
holds 'Question 2 was: two more'
stop 143

start data_streamer
try_comment
holds '"content_type":"thinking"' '"content":"hello"' '"model":"MyModel"' 'data: [DONE]'
ask /chat/completions '{"messages": [{"role": "user", "content": "hello again"}], "stream": false}'
holds '<content type=\"text\">hello again</content>'
stop 143

for script in curl.sh python_requests.py openai_sdk.py; do
  start session
  name=requests/$script
  case $script in
    *.py) run_script "$python" "$here/requests/$script" ;;
    *) run_script "$here/requests/$script" ;;
  esac
  stop
done

finish
