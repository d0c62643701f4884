/* The editor of the canvas: line numbers beside the text, the check while somebody writes, and the way to a finding.
   Tab is left alone, so that the keyboard gets out of the text as it came in. */
const QUIET_MS = 400;
const box = document.getElementById("text");
const form = document.getElementById("write");
const numbers = document.getElementById("numbers");
const checked = document.getElementById("checked");
let saved = box.value, waits, asked;

function count() {
  const lines = box.value.split("\n").length;
  if (numbers.dataset.lines !== String(lines)) {
    numbers.dataset.lines = lines;
    numbers.textContent = Array.from({ length: lines }, (_, at) => at + 1).join("\n");
  }
  numbers.scrollTop = box.scrollTop;
}

function goTo(line) {
  const before = box.value.split("\n").slice(0, line - 1);
  const start = before.reduce((sum, text) => sum + text.length + 1, 0);
  const end = box.value.indexOf("\n", start);
  box.focus();
  box.setSelectionRange(start, end < 0 ? box.value.length : end);
  box.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(box).lineHeight));
  box.scrollIntoView({ block: "nearest" });
}

async function check() {
  asked?.abort();
  asked = new AbortController();
  const body = new URLSearchParams({ form_token: form.elements.form_token.value, text: box.value });
  const answer = await fetch(box.dataset.check, { method: "POST", body, signal: asked.signal, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return; // overtaken by a newer check, signed out or out of reach: saving will tell
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (checked.contains(document.activeElement)) return; // nothing is swapped under the keyboard
  checked.replaceChildren(...fresh.body.childNodes);
}

function changed() {
  count();
  document.getElementById("unsaved").hidden = box.value === saved;
  clearTimeout(waits);
  waits = setTimeout(check, QUIET_MS);
}

box.addEventListener("input", changed);
box.addEventListener("scroll", count);
box.addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const line = box.value.slice(0, box.selectionStart).split("\n").at(-1);
    const indent = line.match(/^ */)[0];
    if (!indent) return;
    event.preventDefault();
    document.execCommand("insertText", false, `\n${indent}`); // the only way that keeps the browser's undo
  }
});
document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.requestSubmit();
  }
});
checked.addEventListener("click", event => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  event.preventDefault();
  goTo(Number(link.dataset.line));
});
form.addEventListener("submit", () => { saved = box.value; });
addEventListener("beforeunload", event => {
  if (box.value !== saved) event.preventDefault();
});

count();
const line = new URLSearchParams(location.search).get("line");
if (line) goTo(Number(line));
