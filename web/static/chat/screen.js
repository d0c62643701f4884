/**
 * The panel: log, quick answers, notices and the box to write in. Shows what a `Conversation` tells it.
 *
 * The log is a polite live region that announces what is added to it and nothing else, so that a reply is heard once:
 * sentence by sentence as it comes, and not again when its turn is complete.
 */

import { capitalised, cardOf, citationsOf, el, icon, lineOf } from "./lines.js";

const NEAR_THE_END_PX = 80;
const LONGEST_MESSAGE = 8000; // characters, by the contract
const QUIET_MS = 300; // until a screen reader has let an old transcript pass

const collapsed = (text) => text.replace(/\s+/g, " ").trim();

export class Screen {
  #said = new Map(); // message id to its line
  #unclaimed = []; // lines of a transcript whose turn has not come by yet
  #replies = new Set();
  #live = null;

  /** @param host {texts, locale, heading, greeting} and what is called: say, startOver, close, draft, arrived. */
  constructor(host) {
    const { texts } = host;
    this.host = host;
    this.dots = el("div", { class: "dots", "aria-hidden": "true", hidden: true }, el("i"), el("i"), el("i"));
    const live = { role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": texts.log };
    this.log = el("div", { class: "log", tabindex: "0", ...live }, this.dots);
    this.state = el("p", { class: "state", role: "status", hidden: true });
    this.working = el("p", { class: "unseen", role: "status" });
    this.notice = el("div", { class: "notice", role: "alert", hidden: true });
    this.quick = el("div", { class: "quick", role: "group", "aria-label": texts.quick, hidden: true });
    const parts = [this.#header(), this.state, this.log, this.working, this.notice, this.quick, this.#composer()];
    const dialog = { role: "dialog", "aria-labelledby": "heading", hidden: true };
    const onkeydown = (event) => this.#key(event);
    this.panel = el("section", { class: "panel", id: "panel", onkeydown, ...dialog }, ...parts);
    this.clear();
  }

  #header() {
    const { texts, heading, say, close: onclick } = this.host;
    const name = el("h2", { id: "heading" }, heading);
    const cross = icon("M6 6l12 12M18 6L6 18");
    const person = () => {
      say(texts.personMessage);
      this.rest();
    };
    return el(
      "header",
      {},
      el("div", { class: "who" }, name, el("p", {}, texts.subtitle)),
      el("button", { type: "button", class: "person", onclick: person }, texts.person),
      el("button", { type: "button", class: "close", "aria-label": texts.close, onclick }, cross),
    );
  }

  #composer() {
    const { texts } = this.host;
    const written = () => {
      this.#grow();
      this.host.draft(this.box.value);
    };
    this.box = el("textarea", { id: "box", rows: "1", maxlength: String(LONGEST_MESSAGE), oninput: written });
    this.#hint(false);
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    return el(
      "form",
      { class: "composer", onsubmit: submit },
      el("label", { class: "unseen", for: "box" }, texts.box),
      this.box,
      el("button", { type: "submit", class: "send", "aria-label": texts.send }, icon("M4 12h15M13 5l7 7-7 7")),
    );
  }

  clear() {
    this.log.replaceChildren(this.dots);
    this.#said.clear();
    this.#replies.clear();
    [this.#unclaimed, this.#live] = [[], null];
    if (this.host.greeting) this.#add(lineOf("agent", this.host.texts, el("p", { class: "text" }, this.host.greeting)));
    for (const hide of [this.asks, this.status, this.busy, this.trouble]) hide.call(this, null);
  }

  show(open) {
    this.panel.hidden = !open;
    this.#grow();
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** Puts the keyboard where one goes on; on a touch screen that must not raise the on-screen keys. */
  rest() {
    const place = matchMedia("(pointer: coarse)").matches ? this.log : this.box;
    place.focus({ preventScroll: true });
  }

  write(text) {
    this.box.value = text;
    this.#grow();
    this.host.draft(text);
  }

  transcript(lines) {
    this.log.setAttribute("aria-live", "off");
    const early = [...this.#said.values()]; // written while the case was being read
    for (const { role, text, message_id: id } of lines) {
      if (role === "customer") this.customer({ id, text });
      else this.#unclaimed.push({ text, node: this.#speak(role, text) });
    }
    for (const node of early) this.#add(node);
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), QUIET_MS);
  }

  customer({ id, text }) {
    if (id && this.#said.has(id)) return;
    const node = this.#speak("customer", text);
    if (id) this.#said.set(id, node);
    this.log.scrollTop = this.log.scrollHeight;
  }

  line({ role, text }) {
    if (this.#replies.has(collapsed(text))) return; // it came as a turn
    this.#unclaimed.push({ text, node: this.#speak(role, text) });
    this.host.arrived();
  }

  sentence(index, text) {
    const words = this.#live?.querySelector(".text");
    if (!words) this.#live = this.#speak("agent", text);
    else if (index < words.childElementCount) return; // the stream was cut and tells it again
    else this.#keepInSight(() => words.append(el("span", {}, ` ${text}`)));
  }

  drop() {
    this.#live?.remove();
    this.#live = null;
  }

  turn(turn, live) {
    const { texts, locale } = this.host;
    const cards = turn.asks.filter((ask) => ask.proposal).map((ask) => cardOf(ask.proposal, locale, texts));
    const sources = turn.citations.length ? [citationsOf(turn.citations, texts)] : [];
    const extras = [...cards, ...sources];
    const known = live ? this.#live : this.#claim(turn);
    if (live) this.#complete(turn.reply);
    this.#replies.add(collapsed(turn.reply));
    if (!turn.reply && !extras.length) return; // the agent is silent: a person has the case
    const node = known ?? this.#speak("agent", turn.reply);
    this.#keepInSight(() => node.append(...extras));
    if (live || !known) this.host.arrived();
  }

  /** A text that changes is not announced again; a new element would be. */
  #complete(reply) {
    const words = this.#live.querySelector(".text");
    const [first, ...others] = words.children;
    this.#live = null;
    if (words.textContent === reply) return;
    if (collapsed(words.textContent) !== collapsed(reply)) return words.replaceChildren(el("span", {}, reply));
    first.firstChild.data = reply;
    for (const other of others) other.remove();
  }

  /** The last of the lines that make up this reply, where the case's transcript brought them before the turn came. */
  #claim({ reply }) {
    const lines = this.#unclaimed;
    for (let from = 0; from < lines.length; from += 1) {
      for (let to = from + 1; to <= lines.length; to += 1) {
        const text = lines.slice(from, to).map((line) => line.text);
        if (collapsed(text.join(" ")) === collapsed(reply)) return lines.splice(from, to - from).at(-1).node;
      }
    }
    return null;
  }

  asks(turn) {
    const { texts } = this.host;
    const asked = turn?.asks ?? [];
    const isCode = asked.some((ask) => ask.kind === "code");
    const usual = { confirmation: [texts.yes, texts.no] };
    const answers = asked.flatMap((ask) => ask.options ?? usual[ask.kind] ?? []);
    if (isCode) answers.push(texts.noCode);
    this.#hint(isCode);
    const hadFocus = this.quick.contains(this.quick.getRootNode().activeElement);
    this.#keepInSight(() => {
      this.quick.replaceChildren(...answers.map((text) => this.#answer(text)));
      this.quick.hidden = answers.length === 0;
    });
    if (hadFocus) this.rest();
  }

  #answer(text) {
    const say = () => {
      this.host.say(text);
      this.rest();
    };
    return el("button", { type: "button", onclick: say }, capitalised(text));
  }

  #hint(isCode) {
    const { texts } = this.host;
    this.box.setAttribute("inputmode", isCode ? "numeric" : "text");
    this.box.setAttribute("autocomplete", isCode ? "one-time-code" : "off");
    this.box.setAttribute("placeholder", isCode ? texts.codePlaceholder : texts.placeholder);
  }

  status(status) {
    this.#keepInSight(() => {
      this.state.textContent = this.host.texts.status[status] ?? "";
      this.state.hidden = !this.state.textContent;
    });
  }

  busy(on) {
    this.#keepInSight(() => (this.dots.hidden = !on));
    this.working.textContent = on ? this.host.texts.busy : "";
  }

  trouble(kind, said) {
    const { texts, startOver } = this.host;
    const text = kind === "failed" ? (said ?? texts.failed) : (texts[kind] ?? "");
    const again = kind === "closed" ? [el("button", { type: "button", onclick: startOver }, texts.startOver)] : [];
    if (this.notice.firstChild?.textContent === text) return; // said already
    this.#keepInSight(() => {
      this.notice.replaceChildren(...(text ? [el("span", {}, text), ...again] : []));
      this.notice.hidden = !text;
    });
  }

  giveBack({ id, text }) {
    this.#said.get(id)?.remove();
    this.#said.delete(id);
    this.write([text, this.box.value].filter(Boolean).join("\n"));
  }

  #submit() {
    const text = this.box.value.trim();
    this.write(text ? "" : this.box.value);
    if (text) this.host.say(text);
    this.box.focus();
  }

  #key(event) {
    if (event.isComposing) return; // the key belongs to an input method
    if (event.key === "Escape") this.host.close();
    else if (event.key !== "Enter" || event.shiftKey || event.target !== this.box) return;
    else this.#submit();
    event.preventDefault();
  }

  #speak(role, text) {
    const words = text ? [el("span", {}, text)] : [];
    return this.#add(lineOf(role, this.host.texts, el("p", { class: "text" }, ...words)));
  }

  #add(node) {
    this.#keepInSight(() => this.log.insertBefore(node, this.dots));
    return node;
  }

  /** Follows the conversation, unless the customer has scrolled up to read. */
  #keepInSight(change) {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    change();
    if (scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX) this.log.scrollTop = this.log.scrollHeight;
  }

  #grow() {
    const { style } = this.box;
    style.height = "auto";
    if (this.box.scrollHeight) style.height = `${this.box.scrollHeight + 2}px`; // none while the panel is closed
  }
}
