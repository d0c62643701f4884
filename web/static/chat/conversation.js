/**
 * One conversation: what was said, what is being answered, and what comes without being asked for.
 *
 * Works on a `Desk` and a screen. A message is in the outbox of the memory before it is sent and until its turn has
 * come, so that whatever is cut (line, page, server) sends it again under its own id; the server answers that once.
 * Screen: customer(message), transcript(lines), line(line), sentence(index, text), turn(turn, live), drop(),
 * asks(turn|null), status(status), busy(bool), trouble(null|"offline"|"closed"|"failed", said), giveBack(message).
 */

import { CaseGone, Refused, Unreachable } from "./desk.js";

const REFUSED_TRIES = 5; // a server that answers, but badly; a lost line is tried for as long as the page is open
const RETRY_MS = [1000, 15_000];
const AT_WORK_MS = [1000, 5000];
const PERSON_AT_WORK = ["waiting_approval", "waiting_person"];
const LOOK_MS = { quick: [2000, 10_000], slow: [10_000, 60_000] };

const isUnasked = (line) => line.role === "staff" || line.role === "system";
const growing = ([first, most], times) => Math.min(first * 1.5 ** times, most);

/** A random UUID, also on pages without https, where `crypto.randomUUID` is missing. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Conversation {
  #waiting = new Set(); // ids of messages without a turn yet
  #seen = new Set(); // seqs of turns on the screen
  #newest = 0;
  #after = 0; // turns up to here were listed; a streamed turn may have overtaken one that no message caused
  #unasked = 0; // lines of the transcript that neither side of the chat wrote
  #live = null; // id of the message whose sentences are being shown
  #held = []; // turns that came meanwhile; one of them may be the one being shown
  #status = "";
  #trouble = null;
  #looks = 0; // in a row that brought nothing
  #stopped = new AbortController();
  #queue = Promise.resolve();
  #timer;

  constructor(desk, screen) {
    this.desk = desk;
    this.screen = screen;
    desk.onGone = () => this.#forget();
  }

  start() {
    const unsent = this.#outbox;
    this.#queue = this.#restore();
    for (const message of unsent) this.#send(message, true);
    const { signal } = this.#stopped;
    document.addEventListener("visibilitychange", () => this.#follow(0), { signal });
    window.addEventListener("online", () => this.#follow(0), { signal });
  }

  stop() {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    this.screen = new Proxy({}, { get: () => () => {} }); // what is still under way has nothing to show any more
  }

  say(text) {
    const message = { id: uuid(), text };
    this.desk.memory.change({ outbox: [...this.#outbox, message] });
    this.screen.asks(null);
    this.screen.customer(message);
    this.#send(message, false);
  }

  get #outbox() {
    return this.desk.memory.read().outbox ?? [];
  }

  get #over() {
    return this.#stopped.signal.aborted;
  }

  async #restore() {
    for (let tries = 0; this.desk.hasCase && !this.#over; tries += 1) {
      try {
        const turns = await this.desk.turns(0);
        return this.#show(await this.desk.view(), turns);
      } catch (fault) {
        if (!(await this.#worthAnotherTry(fault, tries))) return null;
      }
    }
  }

  #show(view, turns) {
    if (this.#over) return;
    this.screen.transcript(view.transcript);
    this.#unasked = view.transcript.filter(isUnasked).length;
    this.#list(turns);
    this.#standsAt(view.status);
    this.#follow();
  }

  /** In the order they were said: the next message leaves when the server has the one before. */
  #send(message, mayBeThere) {
    const before = this.#queue;
    this.#queue = new Promise((accepted) => {
      const go = () => this.#deliver(message, mayBeThere, accepted);
      before.catch(reportError).then(go);
    });
  }

  async #deliver(message, mayBeThere, accepted) {
    this.#waiting.add(message.id);
    this.screen.customer(message);
    this.screen.asks(null);
    for (let tries = 0; !this.#over; tries += 1) {
      this.#showBusy();
      try {
        const found = mayBeThere && this.desk.hasCase && (await this.#turnOf(message, accepted));
        const turn = found || (await this.#stream(message, accepted));
        this.#settle(message);
        this.#take(turn, this.#live === message.id);
        break;
      } catch (fault) {
        if (await this.#worthAnotherTry(fault, tries)) continue;
        await this.#giveBack(message, fault);
        break;
      }
    }
    accepted();
    this.#follow();
  }

  async #turnOf(message, accepted) {
    for (let times = 0; ; times += 1) {
      const turn = await this.desk.turn(message.id);
      if (turn !== "at work") return turn;
      this.#tell(null);
      accepted();
      await this.#pause(growing(AT_WORK_MS, times));
    }
  }

  async #stream(message, accepted) {
    let index = 0;
    let shown = true;
    for await (const [name, data] of this.desk.post(message)) {
      if (name === "accepted") {
        accepted();
        this.#tell(null);
      } else if (name === "sentence") {
        shown &&= (this.#live ??= message.id) === message.id; // messages in a burst share one turn: show it once
        if (shown) this.screen.sentence(index, data.text);
        index += 1;
        this.#showBusy();
      } else if (name === "turn") return data;
    }
    throw new Unreachable("the stream ended before the turn");
  }

  #settle(message) {
    this.#waiting.delete(message.id);
    this.desk.memory.change({ outbox: this.#outbox.filter((other) => other.id !== message.id) });
  }

  async #giveBack(message, fault) {
    this.#settle(message);
    if (this.#live === message.id) this.#drop();
    this.#showBusy();
    this.screen.giveBack(message);
    this.#tell("failed", fault.said);
    if (fault.status === 409) await this.#look(); // the case tells why: it may be closed
  }

  /** Tells the customer what is wrong and waits; false when trying again is no use. Our own mistakes are thrown on. */
  async #worthAnotherTry(fault, tries) {
    if (fault instanceof CaseGone) return tries < REFUSED_TRIES;
    if (!(fault instanceof Unreachable || fault instanceof Refused)) throw fault;
    if (fault instanceof Refused && !(fault.passing && tries < REFUSED_TRIES)) return false;
    if (this.#over) return false;
    this.#tell("offline");
    await this.#pause(Math.max(growing(RETRY_MS, tries), fault.retryAfterMs ?? 0) * (1 + Math.random() / 4));
    return true;
  }

  /** Waits; less when the browser says that the line is back. */
  #pause(ms) {
    return new Promise((resume) => {
      setTimeout(resume, ms);
      window.addEventListener("online", resume, { once: true, signal: this.#stopped.signal });
    });
  }

  #list(turns) {
    for (const turn of turns) this.#take(turn);
    this.#after = Math.max(this.#after, ...turns.map((turn) => turn.seq));
  }

  #take(turn, live = false) {
    if (this.#over) return;
    if (this.#live && !live) return void this.#held.push(turn);
    this.#live = null;
    if (this.#seen.has(turn.seq)) {
      if (live) this.screen.drop();
    } else {
      this.#seen.add(turn.seq);
      this.screen.turn(turn, live);
      if (turn.seq > this.#newest) this.#become(turn.status, turn);
      this.#newest = Math.max(this.#newest, turn.seq);
      this.#looks = 0;
    }
    this.#showBusy();
    this.#release();
  }

  #release() {
    for (const turn of this.#held.splice(0)) this.#take(turn);
  }

  #become(status, turn = null) {
    if (turn || status !== "waiting_customer") this.screen.asks(turn);
    this.#status = status;
    this.screen.status(status);
  }

  /** The case was just read: where it stands, and that the line is there. */
  #standsAt(status) {
    if (status !== this.#status) this.#become(status);
    if (status === "closed") this.#tell("closed");
    else if (this.#trouble === "offline") this.#tell(null);
  }

  #tell(trouble, said = null) {
    this.#trouble = trouble;
    this.screen.trouble(trouble, said);
  }

  #showBusy() {
    const silent = this.#live !== null || this.#status === "waiting_person"; // then the agent does not write
    this.screen.busy(this.#waiting.size > 0 && !silent);
  }

  #forget() {
    if (this.#live) this.#drop();
    this.#seen.clear();
    [this.#newest, this.#after, this.#unasked] = [0, 0, 0];
    this.#become("");
  }

  #drop() {
    this.#live = null;
    this.screen.drop();
    this.#release();
  }

  /** Looks for what came unasked: often while a person is at work, seldom otherwise, never on a hidden page. */
  #follow(after) {
    clearTimeout(this.#timer);
    if (this.#over || document.hidden || this.#status === "closed" || !this.desk.hasCase) return;
    const soon = PERSON_AT_WORK.includes(this.#status) || this.#trouble === "offline";
    const pace = soon ? LOOK_MS.quick : LOOK_MS.slow;
    this.#timer = setTimeout(() => this.#look(), after ?? growing(pace, this.#looks));
  }

  async #look() {
    this.#looks += 1;
    try {
      if (this.#waiting.size === 0) await this.#catchUp();
    } catch (fault) {
      if (fault instanceof Unreachable) this.#tell("offline");
      else if (!(fault instanceof Refused || fault instanceof CaseGone)) throw fault;
    }
    this.#follow();
  }

  async #catchUp() {
    const turns = await this.desk.turns(this.#after);
    const view = await this.desk.view();
    if (this.#over || this.#waiting.size > 0) return; // the customer wrote meanwhile: the next look has it all
    const unasked = view.transcript.filter(isUnasked);
    for (const line of unasked.slice(this.#unasked)) this.screen.line(line);
    if (unasked.length > this.#unasked) this.#looks = 0;
    this.#unasked = unasked.length;
    this.#list(turns);
    this.#standsAt(view.status);
  }
}
