// Sends one message to an agent and shows the pieces of the answer as they arrive.

/** The events of a stream: what follows `data: `, one at a time. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith("data: ")) yield line.slice(6);
  }
}

/** Shows pieces in blocks: a new block where the type changes. */
class Answer {
  constructor(node) {
    this.node = node;
  }

  clear() {
    this.node.replaceChildren();
    this.node.hidden = false;
    this.type = null;
  }

  add(type, text) {
    if (!text) return;
    if (type !== this.type) {
      const piece = document.getElementById("piece").content.cloneNode(true).firstElementChild;
      piece.dataset.type = piece.firstElementChild.textContent = this.type = type;
      this.text = piece.lastElementChild.appendChild(new Text());
      this.node.append(piece);
    }
    this.text.appendData(text);
  }
}

/** What an error body says. */
function words({ error }) {
  return `${error?.message ?? "unknown error"} (${error?.code ?? error?.type ?? "no code"})`;
}

/** Adds one chunk to the answer and gives its finish reason, if it has one. */
function read(chunk, answer) {
  const [choice] = chunk.choices ?? [];
  for (const { function: called } of choice?.delta?.tool_calls ?? []) {
    answer.add("tool_calls", called?.name ? `${called.name} ` : called?.arguments);
  }
  answer.add(choice?.delta?.content_type ?? "text", choice?.delta?.content);
  return choice?.finish_reason;
}

/** Asks, and shows what comes. Returns how it ended. */
async function ask(url, body, answer, signal, form, key) {
  const headers = { "content-type": "application/json", accept: "text/event-stream" };
  if (key) headers.authorization = `Bearer ${key}`;
  const response = await fetch(url, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
    signal,
  });
  const session = response.headers.get("x-session-id");
  if (session && response.ok) form.elements.session.value = session;
  if (!response.ok) {
    const error = await response.json().catch(() => ({}));
    answer.add("error", words(error));
    return `${response.status}, request ${response.headers.get("x-request-id") ?? "unknown"}`;
  }
  let reason = null;
  for await (const data of events(response.body)) {
    if (data === "[DONE]") return reason ? `finished: ${reason}` : "failed";
    const chunk = JSON.parse(data);
    if (chunk.error) answer.add("error", words(chunk));
    else reason = read(chunk, answer) ?? reason;
  }
  return "the connection ended before the answer did";
}

/** Brings the form to life. */
export function tryIt(form, url, tag, key) {
  const [send, stop] = form.querySelectorAll("button");
  const state = form.querySelector(".state");
  const answer = new Answer(form.querySelector(".answer"));
  let running = null;

  const turn = (busy) => {
    const [from, to] = busy ? [send, stop] : [stop, send];
    const focused = document.activeElement === from;
    to.disabled = false;
    // A button that is disabled loses the focus: it goes to the one that takes over.
    if (focused) to.focus();
    from.disabled = true;
  };

  form.setAttribute("aria-label", `Try ${tag.name}`);
  form.querySelector(".session").hidden = !tag["x-alphora"].has_memory;
  form.elements.message.value = "你好";
  form.elements.message.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  stop.addEventListener("click", () => running?.abort());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (running) return;
    const body = { messages: [{ role: "user", content: form.elements.message.value }], stream: true };
    if (form.elements.session.value) body.session_id = form.elements.session.value;
    running = new AbortController();
    turn(true);
    answer.clear();
    state.textContent = "running";
    try {
      state.textContent = await ask(url, body, answer, running.signal, form, key());
    } catch (error) {
      state.textContent = error.name === "AbortError" ? "stopped" : `failed: ${error.message}`;
    }
    running = null;
    turn(false);
  });
  return form;
}
