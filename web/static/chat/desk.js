/**
 * The customer's side of the HTTP contract: one case, its messages and its turns. Knows nothing of the page.
 *
 * Every call throws `Unreachable` (no usable answer: nothing is known of its fate), `Refused` (the server said no,
 * and why) or `CaseGone` (the server no longer knows the stored case, which is then forgotten), and nothing else.
 */

const PLAIN_CALL_MS = 20_000;
const SILENCE_MS = 45_000; // a turn may take 30 s, and a stream pings in between: longer silence is a dead line
const GONE = [401, 403, 404];
const PASSING = [408, 425, 429];

export class Unreachable extends Error {}
export class CaseGone extends Error {}

export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    const said = [problem?.detail, problem?.title].find((text) => typeof text === "string" && text);
    super(said ?? `HTTP ${status}`);
    this.status = status;
    this.said = said ?? null; // the server's own sentence for people
    this.retryAfterMs = 1000 * (Number(retryAfter) || 0);
    this.passing = status >= 500 || PASSING.includes(status);
  }
}

const reached = async (promise) => {
  try {
    return await promise;
  } catch (cause) {
    throw new Unreachable("no usable answer", { cause });
  }
};

/** What the browser remembers: `{case_id, token, outbox, open, draft}`; without storage, as long as the page lives. */
export class Memory {
  #spare = "{}";

  constructor(key) {
    this.key = key;
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? this.#spare) ?? {};
    } catch {
      return JSON.parse(this.#spare); // storage is forbidden here, or holds what we did not write
    }
  }

  change(fields) {
    this.#spare = JSON.stringify({ ...this.read(), ...fields });
    try {
      localStorage.setItem(this.key, this.#spare);
    } catch {
      // forbidden or full: `#spare` has it
    }
  }
}

/** Events of a `text/event-stream` body as `[name, data]`, however its bytes are cut; `alive` runs for each cut. */
export async function* eventsOf(body, alive = () => {}) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, name, data] = ["", "message", []];
  try {
    for (;;) {
      const { value, done } = await reached(reader.read());
      if (done) return;
      alive();
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/); // a CR at the end may be half of a CRLF
      rest = lines.pop();
      for (const line of lines) {
        const [field, text] = line.split(/: ?(.*)/s);
        if (field === "event") name = text;
        if (field === "data") data.push(text ?? "");
        if (line) continue;
        if (data.length) yield [name, data.join("\n")];
        [name, data] = ["message", []];
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // a broken line needs no hanging up
  }
}

function watchdog(ms) {
  const line = new AbortController();
  let timer;
  const rest = () => clearTimeout(timer);
  const alive = () => {
    rest();
    timer = setTimeout(() => line.abort(), ms);
  };
  alive();
  return { signal: line.signal, alive, rest };
}

export class Desk {
  /** @param opening gives the body of `POST /v1/cases`. `onGone` runs once for each case that is forgotten. */
  constructor(base, memory, opening) {
    this.base = base;
    this.memory = memory;
    this.opening = opening;
    this.onGone = () => {};
    this.beginning = null;
  }

  get hasCase() {
    return Boolean(this.memory.read().case_id);
  }

  async view() {
    return reached((await this.#call("")).json());
  }

  async turns(after) {
    return reached((await this.#call(`/turns?after=${after}`)).json());
  }

  /** The turn of a message; "at work" while there is none yet, null when the server never got the message. */
  async turn(id) {
    const response = await this.#call(`/turns/${id}`, { passes: [404] });
    if (response.status === 404) return null;
    return response.status === 202 ? "at work" : reached(response.json());
  }

  /** Sends a message, or joins its running turn. Yields `["accepted"]`, then sentences, then the turn. */
  async *post(message) {
    if (!this.hasCase) await this.#begin();
    const watch = watchdog(SILENCE_MS);
    try {
      const response = await this.#call("/messages", {
        method: "POST",
        signal: watch.signal,
        headers: { Accept: "text/event-stream", "Content-Type": "application/json" },
        body: JSON.stringify({ id: message.id, text: message.text }),
      });
      yield ["accepted"];
      for await (const [name, data] of eventsOf(response.body, watch.alive)) {
        yield [name, await reached(Promise.resolve(data).then((text) => JSON.parse(text)))];
      }
    } finally {
      watch.rest();
    }
  }

  /** Opens a case. Two messages at once open one; a customer_token that has run out opens it as a stranger's. */
  #begin() {
    this.beginning ??= this.#open(this.opening()).finally(() => (this.beginning = null));
    return this.beginning;
  }

  async #open(body) {
    const response = await reached(
      fetch(`${this.base}/v1/cases`, {
        method: "POST",
        signal: AbortSignal.timeout(PLAIN_CALL_MS),
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
    const { customer_token: proof, ...stranger } = body;
    if (proof && [401, 403].includes(response.status)) return this.#open(stranger);
    if (!response.ok) throw await refusal(response);
    const { case_id, token } = await reached(response.json());
    return this.memory.change({ case_id, token });
  }

  async #call(path, { passes = [], headers, ...options } = {}) {
    const { case_id, token } = this.memory.read();
    const response = await reached(
      fetch(`${this.base}/v1/cases/${case_id}${path}`, {
        signal: AbortSignal.timeout(PLAIN_CALL_MS),
        cache: "no-store",
        headers: { Authorization: `Bearer ${token}`, ...headers },
        ...options,
      }),
    );
    if (response.ok || passes.includes(response.status)) return response;
    if (GONE.includes(response.status)) this.#forget(case_id);
    throw GONE.includes(response.status) ? new CaseGone(`case ${case_id}`) : await refusal(response);
  }

  #forget(case_id) {
    if (this.memory.read().case_id !== case_id) return; // another message found out first
    this.memory.change({ case_id: undefined, token: undefined });
    this.onGone();
  }
}

async function refusal(response) {
  const problem = await response.json().catch(() => null); // a proxy's error page is no problem+json
  return new Refused(response.status, problem, response.headers.get("Retry-After"));
}
