/** What the widget itself says, by language. Another language is another entry with the same keys. */

const en = {
  title: "Help",
  subtitle: "Automated assistant",
  open: "Chat with us",
  close: "Close the chat",
  unread: (count) => (count === 1 ? "1 new message" : `${count} new messages`),
  person: "Talk to a person",
  personMessage: "I want to talk to a person",
  log: "Conversation",
  box: "Your message",
  placeholder: "Write a message…",
  codePlaceholder: "Your 6-digit code",
  send: "Send",
  busy: "Writing a reply…",
  quick: "Suggested answers",
  yes: "Yes",
  no: "No",
  noCode: "I did not get a code",
  proposal: "Please check this",
  validUntil: (time) => `You can say yes until ${time}`,
  sources: (count) => (count === 1 ? "1 source" : `${count} sources`),
  roles: { customer: "You", agent: "Assistant", staff: "Colleague", system: "Note" },
  status: {
    waiting_approval: "A colleague is looking at this",
    waiting_person: "With a person now",
  },
  offline: "The connection is lost. Trying again…",
  failed: "That did not go through. Your text is still here, please try again.",
  closed: "This conversation is closed.",
  startOver: "Start a new conversation",
};

const TEXTS = { en };

/** The texts of a locale such as `en-GB`: its language's, else English. */
export function textsFor(locale) {
  return TEXTS[locale.toLowerCase().split("-")[0]] ?? en;
}
