"""The seed's calls with OpenAI's SDK: at the agent's own path, and at `/v1`, where every OpenAI client is at home.

    cargo run -p alphora-examples --example session
    pip install openai==3.54.0
    python examples/requests/openai_sdk.py [http://localhost:8000]
"""

import sys

from openai import OpenAI

base_url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"


def expect(condition, what):
    if not condition:
        sys.exit(f"openai_sdk.py: {what}")


def in_a_stream(client):
    stream = client.chat.completions.create(
        model="agent",
        messages=[{"role": "user", "content": "你好"}],
        stream=True,
        extra_body={"session_id": "my-session"},
    )
    text, reasons = "", []
    for chunk in stream:
        if chunk.choices[0].delta.content:
            print(chunk.choices[0].delta.content, end="")
            text += chunk.choices[0].delta.content
        if chunk.choices[0].finish_reason:
            reasons.append(chunk.choices[0].finish_reason)
    print()
    expect(text, "no text in the stream")
    expect(reasons == ["stop"], f"finish reasons {reasons}")


def in_one_piece(client):
    completion = client.chat.completions.create(
        model="agent",
        messages=[{"role": "user", "content": "你好"}],
        extra_body={"session_id": "my-session"},
    )
    print(completion.choices[0].message.content)
    expect(completion.choices[0].message.content, "no text in the message")
    expect(completion.choices[0].finish_reason == "stop", "not stopped")


for path in ("/alphadata", "/v1"):
    client = OpenAI(
        base_url=f"{base_url}{path}",
        api_key="not-needed",
        max_retries=0,
        timeout=30,
    )
    print(f"# {path}, in a stream")
    in_a_stream(client)
    print(f"# {path}, in one piece")
    in_one_piece(client)
