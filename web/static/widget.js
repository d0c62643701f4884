/**
 * `<deskhand-chat>`: talk to a Deskhand from any page.
 *
 *   <script type="module" src="https://desk.example/widget.js"></script>
 *   <deskhand-chat title="Help" greeting="Hello! What can we do for you?"></deskhand-chat>
 *
 * Attributes: `api` (default: where this module comes from), `locale` (default: the page's), `customer-token` (a JWT
 * that says who is logged in), `title`, `greeting`. Methods: `open()`, `close()`, `ask(text)`, which opens the panel
 * with a text in the box, unsent. Looks: the `--deskhand-*` variables of `chat/look.js`; `color-scheme` on the element
 * forces light or dark. A page with a Content-Security-Policy needs this origin in `script-src` and `connect-src`.
 */

import { Conversation } from "./static/chat/conversation.js";
import { Desk, Memory } from "./static/chat/desk.js";
import { el, icon } from "./static/chat/lines.js";
import { styleSheet } from "./static/chat/look.js";
import { Screen } from "./static/chat/screen.js";
import { textsFor } from "./static/chat/texts.js";

const BUBBLE = "M4 5h16v11H10l-5 4v-4H4z";

/** Who a customer_token speaks of, unchecked: it only keeps the conversations of two people on one computer apart. */
function subjectOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub ?? "";
  } catch {
    return "";
  }
}

function known(locale) {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? "en";
  } catch {
    return "en";
  }
}

class DeskhandChat extends HTMLElement {
  static observedAttributes = ["customer-token"];
  #memory;
  #conversation = null;
  #screen;
  #launcher;
  #news;
  #unread = 0;
  #elsewhere = (event) => this.#changedElsewhere(event);

  connectedCallback() {
    if (!this.#screen) this.#build();
    window.addEventListener("storage", this.#elsewhere);
    this.#begin();
  }

  disconnectedCallback() {
    window.removeEventListener("storage", this.#elsewhere);
    this.#conversation.stop();
    this.#conversation = null;
  }

  attributeChangedCallback(_name, before, now) {
    if (this.#conversation && subjectOf(before) !== subjectOf(now)) this.#begin();
  }

  open() {
    this.#show(true);
    this.#screen.rest();
  }

  close() {
    this.#show(false);
    this.#launcher.focus();
  }

  ask(text) {
    this.#screen.write(text);
    this.#show(true);
    this.#screen.box.focus();
  }

  get #locale() {
    return known(this.getAttribute("locale") || document.documentElement.lang || navigator.language);
  }

  #build() {
    const texts = textsFor(this.#locale);
    this.#screen = new Screen({
      texts,
      locale: this.#locale,
      heading: this.title || texts.title,
      greeting: this.getAttribute("greeting"),
      say: (text) => this.#conversation.say(text),
      startOver: () => this.#startOver(),
      close: () => this.close(),
      draft: (draft) => this.#memory.change({ draft }),
      arrived: () => this.#countUnread(this.#screen.panel.hidden ? this.#unread + 1 : 0),
    });
    const label = el("span", { class: "label" }, texts.open);
    this.#news = el("span", { class: "news", role: "status" });
    const button = { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel" };
    this.#launcher = el("button", { ...button, onclick: () => this.open() }, icon(BUBBLE), label);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    root.append(el("div", { title: "" }, this.#screen.panel, this.#launcher, this.#news)); // no tooltip of our `title`
  }

  /** From what is remembered: at the start, for another customer, after another tab has changed the conversation. */
  #begin() {
    this.#conversation?.stop();
    const token = this.getAttribute("customer-token") ?? undefined;
    const api = this.getAttribute("api") || new URL(".", import.meta.url);
    const base = new URL(api, document.baseURI).href.replace(/\/+$/, "");
    this.#memory = new Memory(["deskhand", base, subjectOf(token)].filter(Boolean).join(" "));
    const opening = () => ({ locale: this.#locale, customer_token: this.getAttribute("customer-token") ?? undefined });
    this.#screen.clear();
    this.#conversation = new Conversation(new Desk(base, this.#memory, opening), this.#screen);
    const { open, draft } = this.#memory.read();
    this.#screen.write(draft ?? "");
    this.#show(open ?? !this.#screen.panel.hidden);
    this.#conversation.start();
  }

  #startOver() {
    this.#memory.change({ case_id: undefined, token: undefined, outbox: [] });
    this.#begin();
    this.#screen.rest();
  }

  #changedElsewhere({ key, oldValue, newValue }) {
    const caseOf = (text) => JSON.parse(text ?? "{}")?.case_id;
    if (key === this.#memory.key && caseOf(oldValue) !== caseOf(newValue)) this.#begin();
  }

  #show(open) {
    this.#screen.show(open);
    this.#launcher.hidden = open;
    this.#launcher.setAttribute("aria-expanded", String(open));
    this.#memory.change({ open });
    if (open) this.#countUnread(0);
  }

  #countUnread(count) {
    this.#unread = count;
    this.#news.textContent = count ? this.#screen.host.texts.unread(count) : "";
  }
}

customElements.define("deskhand-chat", DeskhandChat);
