"""The seed's calls with `requests`: in one piece, in a stream, and two turns of one session.

    cargo run -p alphora-examples --example session
    pip install requests
    python examples/requests/python_requests.py [http://localhost:8000]
"""

import json
import sys
import uuid

import requests

base_url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
url = f"{base_url}/alphadata/chat/completions"


def post(body, **options):
    response = requests.post(url, json=body, timeout=30, **options)
    response.raise_for_status()
    return response


def expect(condition, what):
    if not condition:
        sys.exit(f"python_requests.py: {what}")


def in_one_piece():
    answer = post({
        "messages": [{"role": "user", "content": "你好"}],
        "stream": False,
        "session_id": "my-session",
    }).json()
    print(json.dumps(answer, ensure_ascii=False))
    choice = answer["choices"][0]
    expect(answer["object"] == "chat.completion", "not a completion")
    expect(choice["delta"]["content_type"] == "mixed-xml", "the delta is not the seed's mixed-xml")
    expect(choice["delta"]["content"].startswith('<content type="text">'), "no text in the mixed-xml")
    expect(choice["message"]["content"], "no text in the message")
    expect(choice["finish_reason"] == "stop", "not stopped")


def in_a_stream():
    response = post({"messages": [{"role": "user", "content": "你好"}], "stream": True}, stream=True)
    lines = []
    for line in response.iter_lines():
        if line:
            print(line.decode())
            lines.append(line.decode())
    expect(lines[-1] == "data: [DONE]", "the stream does not end with [DONE]")
    choices = [json.loads(line.removeprefix("data: "))["choices"][0] for line in lines[:-1]]
    text = "".join(c["delta"].get("content") or "" for c in choices if c["delta"].get("content_type") == "text")
    expect(text, "no text in the stream")
    expect([c["finish_reason"] for c in choices if c["finish_reason"]] == ["stop"], "not one finish_reason")
    expect(choices[-1]["delta"]["content_type"] == "stop", "the last chunk is not the seed's stop")


def two_turns():
    # A session of its own, so that this can be run twice against one server.
    session_id = f"user-001-{uuid.uuid4().hex[:8]}"
    for question in ("我叫张三", "我叫什么名字？"):
        answer = post({
            "messages": [{"role": "user", "content": question}],
            "session_id": session_id,
            "stream": False,
        }).json()["choices"][0]["message"]["content"]
        print(f"{question} -> {answer}")
    expect("张三" in answer, "the second turn does not know what the first one said")


print("# in one piece")
in_one_piece()
print("# in a stream")
in_a_stream()
print("# two turns of one session")
two_turns()
