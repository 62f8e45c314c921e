// Shows `openapi.json`. Text of the document and of agents becomes text nodes, never markup.
import { tryIt } from "./try.js";

// Shown first, in this order; the document has them in alphabetical order.
const FIRST_FIELDS = ["model", "messages", "role", "content", "stream", "session_id", "user", "id", "object"];
const FIRST_OBJECTS = ["ChatCompletionRequest", "Message", "ContentPart", "ChatCompletion", "ChatCompletionChunk"];

// Where the API is: next to this page, whatever prefix it is under.
const base = new URL(".", location.href).href.replace(/\/$/, "");
const byId = (id) => document.getElementById(id);
const copyOf = (id) => byId(id).content.cloneNode(true).firstElementChild;

/** An element with text or children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Text whose `words in backticks` are code. */
function inline(text) {
  return String(text).split(/`([^`\n]+)`/).map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

/** Paragraphs, and lists of lines that begin with a dash. */
function prose(text) {
  return String(text).trim().split(/\n{2,}/).filter(Boolean).map((paragraph) => {
    const lines = paragraph.split("\n");
    if (!lines.every((line) => line.startsWith("- "))) return element("p", {}, ...inline(paragraph));
    return element("ul", {}, ...lines.map((line) => element("li", {}, ...inline(line.slice(2)))));
  });
}

/** The name of a schema's type, in a few words. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if ("const" in schema) return JSON.stringify(schema.const);
  const one = (type) => (type === "array" && schema.items ? `array of ${typeOf(schema.items)}` : type);
  return [schema.type ?? "any"].flat().map(one).join(" or ");
}

/** `entries` with those named in `first` in front. */
function ordered(entries, first) {
  const rank = ([name]) => (first.indexOf(name) + 1 || first.length + 1);
  return entries.sort((one, other) => rank(one) - rank(other));
}

/** The fields of an object, and of the nameless objects in it. */
function fields(schema, before = "") {
  return ordered(Object.entries(schema.properties ?? {}), FIRST_FIELDS).flatMap(([name, field]) => [
    element("dt", {}, element("code", {}, before + name), " ",
      element("span", { class: "type" }, typeOf(field) + (schema.required?.includes(name) ? ", required" : ""))),
    element("dd", {}, ...inline(field.description ?? ""),
      ...(field.examples ?? []).flatMap((word) => [" ", element("code", {}, String(word))])),
    ...fields(field, `${before}${name}.`),
    ...fields(field.items ?? {}, `${before}${name}[].`),
  ]);
}

/** `text` as one word of a shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const shell = (text) => (/^[\w:/.~%-]+$/.test(text) ? text : quoted(text));

/** The line to paste into a shell. */
function curl(path, body, { security = [] }) {
  const tidy = (_, value) => (value?.constructor === Object ? Object.fromEntries(ordered(Object.entries(value), FIRST_FIELDS)) : value);
  const lines = Object.entries(tidy("", body)).map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value, tidy)}`);
  return [
    `curl ${body.stream ? "-N " : ""}-X POST ${shell(base + path)} \\`,
    '  -H "Content-Type: application/json" \\',
    ...(security.length ? ['  -H "Authorization: Bearer $API_KEY" \\'] : []),
    `  -d ${quoted(`{\n${lines.join(",\n")}\n  }`)}`,
  ].join("\n");
}

async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    byId("announcement").textContent = button.textContent = "Copied";
    setTimeout(() => { byId("announcement").textContent = ""; button.textContent = "Copy"; }, 2000);
  } catch {
    // Only secure pages may write to the clipboard: what is selected can be copied by hand.
    getSelection().selectAllChildren(code);
    byId("announcement").textContent = "Selected: copy it with the keyboard";
  }
}

/** A text in a frame, with a button that copies it. */
function call(title, text) {
  const figure = copyOf("call");
  const code = figure.querySelector("code");
  code.textContent = text;
  figure.querySelector("span").textContent = title;
  figure.querySelector("pre").setAttribute("aria-label", title);
  const button = figure.querySelector("button");
  button.setAttribute("aria-label", `Copy: ${title}`);
  button.addEventListener("click", () => copy(code, button));
  return figure;
}

/** Every operation, as `{ path, method, operation }`. */
const operations = (api) => Object.entries(api.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })));

/** The section of one tag. */
function surface(api, tag, index) {
  const section = copyOf("surface");
  const heading = section.querySelector("h2");
  heading.id = `surface-${index}`;
  heading.textContent = tag["x-displayName"] ?? tag.name;
  section.setAttribute("aria-labelledby", heading.id);
  section.querySelector(".about").append(...prose(tag.description ?? ""));
  const listed = operations(api).filter(({ operation }) => operation.tags?.includes(tag.name));
  // What is asked comes before what is read.
  listed.sort((one, other) => (other.method === "post") - (one.method === "post"));
  section.querySelector(".endpoints").append(...listed.map(({ path, method, operation }) =>
    element("li", {}, element("b", {}, method.toUpperCase()), " ", element("code", {}, path), " ",
      element("span", { class: "quiet" }, operation.summary ?? ""))));
  const chat = listed.find(({ operation }) => operation.requestBody);
  if (chat) {
    const behaviour = section.querySelector(".behaviour");
    behaviour.append(...prose(chat.operation.description ?? ""));
    behaviour.hidden = false;
    const { examples = {} } = chat.operation.requestBody.content["application/json"];
    section.querySelector(".calls").append(...["streaming", "whole"].filter((name) => examples[name])
      .map((name) => call(examples[name].summary, curl(chat.path, examples[name].value, chat.operation))));
    if (tag["x-alphora"]?.surface === "agent") behaviour.before(tryIt(copyOf("try"), base + chat.path, tag, key));
  }
  return section;
}

/** The reader's API key, which is nowhere but in its field. */
const key = () => byId("key").querySelector("input").value.trim();

/** What can go wrong in any chat completion: a row a kind of error. */
function errors(api) {
  const answers = operations(api).filter(({ operation }) => operation.requestBody)
    .flatMap(({ operation }) => Object.entries(operation.responses)).filter(([status]) => status !== "200");
  const failures = new Map(answers.map(([status, { $ref }]) => [`${status} ${$ref.split("/").pop()}`, status]));
  const rows = [...failures].sort(([one], [other]) => one.localeCompare(other)).map(([key, status]) => {
    const response = api.components.responses[key.slice(status.length + 1)];
    const examples = Object.values(response.content?.["application/json"]?.examples ?? {});
    const words = examples.map(({ value: { error } }) => element("li", {}, element("code", {}, error.code ?? error.type)));
    return element("tr", {}, element("th", { scope: "row" }, status === "default" ? "any other" : status),
      element("td", {}, element("ul", { class: "words" }, ...words)), element("td", {}, ...inline(response.description)));
  });
  const head = element("tr", {}, ...["Status", "Code", "When"].map((text) => element("th", { scope: "col" }, text)));
  return element("section", { "aria-labelledby": "errors" }, element("h2", { id: "errors" }, "Errors"),
    element("p", {}, ...inline("Every error is OpenAI's body, `Error` above. Where it has no code, its type is listed.")),
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
}

/** What is sent and answered, field by field. */
function objects(api) {
  const schemas = ordered(Object.entries(api.components?.schemas ?? {}), FIRST_OBJECTS);
  return element("section", { "aria-labelledby": "objects" }, element("h2", { id: "objects" }, "Requests and answers"),
    ...schemas.map(([name, schema], index) => element("details", index ? {} : { open: "" },
      element("summary", {}, element("code", {}, name)),
      element("p", {}, ...inline(schema.description ?? "")), element("dl", {}, ...fields(schema)))));
}

function show(api) {
  document.title = byId("title").textContent = api.info.title;
  byId("version").textContent = api.info.version;
  byId("key").hidden = byId("key-use").hidden = !api.components?.securitySchemes;
  // Of a single agent the description is that of its section.
  const agents = api.tags.filter((tag) => tag["x-alphora"]?.surface === "agent");
  if (agents.length !== 1) byId("description").append(...prose(api.info.description));
  byId("main").append(...api.tags.map((tag, index) => surface(api, tag, index)), objects(api), errors(api));
  byId("contents").append(...[...document.querySelectorAll("main h2")].map((heading) =>
    element("a", { href: `#${heading.id}` }, heading.textContent)));
}

try {
  const answer = await fetch("openapi.json");
  if (!answer.ok) throw new Error(`openapi.json: ${answer.status} ${answer.statusText}`);
  show(await answer.json());
} catch (error) {
  byId("problem").hidden = false;
  byId("problem").textContent = `The document cannot be shown. ${error.message}`;
}
