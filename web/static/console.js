/* Keeps the page of waiting work up to date: asks for it again and takes over what changed.
   Nothing is swapped under somebody who is on it with the keyboard, or while the page is not seen. */
const EVERY_MS = 10_000;

async function look() {
  const main = document.getElementById("main");
  if (document.hidden || main.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { redirect: "error" }).catch(() => null);
  if (!answer?.ok) return; // signed out or out of reach: what is shown stays until somebody reloads
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = fresh.title;
  main.replaceChildren(...fresh.getElementById("main").childNodes);
}

setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
