/** The pieces a conversation is drawn with. Whatever comes from outside becomes a text node, never markup. */

const HALF_A_DAY_MS = 12 * 3600 * 1000;

/** An element. Strings are attributes, functions listeners (`onclick`), booleans switches; children: nodes, texts. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key.slice(2), value);
    else if (typeof value === "boolean") node.toggleAttribute(key, value);
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

export function icon(path) {
  const [svg, shape] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** A line of the log; the author is heard by everybody, and seen where the side does not tell it. */
export function lineOf(role, texts, ...body) {
  const author = texts.roles[role] ?? texts.roles.system;
  return el("div", { class: `line ${role}` }, el("span", { class: "author" }, `${author}: `), ...body);
}

export const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** `order_id` as "Order", `issue_refund` as "Issue refund". */
export function wordsOf(name) {
  return capitalised(String(name).replace(/_id$/, "").replaceAll("_", " "));
}

/** Any JSON value for a reader: money and times in the locale's way, records and lists in one line. */
export function readable(value, locale, texts) {
  const inside = (part) => readable(part, locale, texts);
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  if (Array.isArray(value)) return value.map(inside).join(", ");
  if (typeof value === "object") return moneyOf(value, locale) ?? recordOf(value, inside);
  return timeOf(value, locale) ?? String(value);
}

/** Amount and currency beside each other are one thing to a reader. */
function withMoney(args, locale) {
  const { currency, ...others } = args;
  const amount = moneyOf({ amount: args.amount, currency }, locale);
  return amount ? { ...others, amount } : args;
}

function moneyOf({ amount, currency, ...other }, locale) {
  const isMoney = /^-?\d+(\.\d+)?$/.test(amount) && /^[A-Z]{3}$/.test(currency);
  if (!isMoney || Object.keys(other).length) return null;
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
}

function recordOf(value, inside) {
  return Object.entries(value)
    .map(([key, part]) => `${wordsOf(key)}: ${inside(part)}`)
    .join(", ");
}

function timeOf(value, locale) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) || Number.isNaN(Date.parse(value))) return null;
  const isNear = Math.abs(Date.parse(value) - Date.now()) < HALF_A_DAY_MS;
  const date = isNear ? { weekday: "short" } : { year: "numeric", month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(locale, { ...date, hour: "numeric", minute: "numeric" }).format(new Date(value));
}

/** What a yes would be a yes to. */
export function cardOf({ action, args, expires_at: expires }, locale, texts) {
  const rows = Object.entries(withMoney(args, locale)).flatMap(([key, value]) => [
    el("dt", {}, wordsOf(key)),
    el("dd", {}, readable(value, locale, texts)),
  ]);
  const until = expires ? [el("p", { class: "until" }, texts.validUntil(timeOf(expires, locale) ?? expires))] : [];
  const head = [el("p", { class: "kicker" }, texts.proposal), el("p", { class: "action" }, wordsOf(action))];
  return el("div", { class: "card" }, ...head, el("dl", {}, ...rows), ...until);
}

export function citationsOf(citations, texts) {
  const items = citations.map(({ title: heading, id, quote }) =>
    el("li", {}, el("b", {}, heading), " ", el("code", {}, id), el("blockquote", {}, quote)),
  );
  return el("details", { class: "sources" }, el("summary", {}, texts.sources(items.length)), el("ul", {}, ...items));
}
