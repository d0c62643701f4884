/** The shop's examples open the chat with their text in the box; the visitor sends it. */
const chat = document.querySelector("deskhand-chat");
for (const button of document.querySelectorAll("button[data-ask]")) {
  button.addEventListener("click", () => chat.ask(button.dataset.ask));
}
