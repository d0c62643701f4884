/**
 * How the widget looks. A site sets `--deskhand-*` on `deskhand-chat` (or above it) to make it its own.
 * A constructed style sheet: a page may forbid inline styles.
 */

const CSS = `
:host {
  color-scheme: light dark;
  --accent: var(--deskhand-accent, light-dark(#0d5551, #83d3c8));
  --on-accent: var(--deskhand-on-accent, light-dark(#ffffff, #06211f));
  --head: var(--deskhand-head, light-dark(#0d4a47, #10302e));
  --on-head: var(--deskhand-on-head, #ffffff);
  --surface: var(--deskhand-surface, light-dark(#ffffff, #141b1b));
  --raised: var(--deskhand-raised, light-dark(#f1f4f2, #212b2a));
  --text: var(--deskhand-text, light-dark(#1b2625, #e8efed));
  --muted: var(--deskhand-muted, light-dark(#566462, #a3b3b0));
  --border: var(--deskhand-border, light-dark(#d5dedb, #374543));
  --warm: var(--deskhand-warm, light-dark(#fdf1dc, #3a2d14));
  --on-warm: var(--deskhand-on-warm, light-dark(#6b4307, #f6d9a2));
  --radius: var(--deskhand-radius, 18px);
  --edge: var(--deskhand-edge, 20px);
  font: 15px/1.5 var(--deskhand-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  color: var(--text);
}
[hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
p, h2, dl, dd, ul, blockquote { margin: 0; padding: 0; }
button, textarea { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; }
svg { width: 1.35em; height: 1.35em; flex: none; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
header :focus-visible { outline-color: var(--on-head); }
.unseen, .line:not(.staff) > .author { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }

.launcher, .panel, .news { position: fixed; z-index: var(--deskhand-z-index, 2147483000); right: var(--edge); }
.launcher { bottom: var(--edge); display: flex; align-items: center; gap: .6em; padding: .85em 1.3em .85em 1.1em;
  border-radius: 999px; background: var(--accent); color: var(--on-accent); font-weight: 600;
  box-shadow: 0 8px 28px rgb(0 30 28 / .28); transition: transform .15s, box-shadow .15s; }
.launcher:hover { transform: translateY(-2px); box-shadow: 0 12px 32px rgb(0 30 28 / .34); }
.news { bottom: calc(var(--edge) + 62px); padding: .3em .8em; border-radius: 999px; font-size: 13px; font-weight: 600;
  background: var(--warm); color: var(--on-warm); box-shadow: 0 4px 14px rgb(0 30 28 / .2); }
.news:empty { padding: 0; box-shadow: none; }
.panel { bottom: var(--edge); display: flex; flex-direction: column; width: 392px;
  height: min(660px, 100dvh - 2 * var(--edge)); overflow: hidden; background: var(--surface);
  border: 1px solid var(--border); border-radius: var(--radius); box-shadow: 0 18px 60px rgb(0 25 24 / .3);
  animation: rise .22s ease-out; }

header { display: flex; align-items: center; gap: 8px; padding: 14px 10px 14px 18px; background: var(--head);
  color: var(--on-head); }
.who { flex: 1; min-width: 0; }
h2 { font-size: 16px; line-height: 1.3; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.who p { font-size: 12.5px; line-height: 1.3; }
.person { padding: .42em .85em; border: 1px solid currentColor; border-radius: 999px; font-size: 13px; font-weight: 600;
  white-space: nowrap; }
.person:hover, .close:hover { background: rgb(255 255 255 / .14); }
.close { display: grid; place-items: center; width: 36px; height: 36px; border-radius: 50%; }

.state, .notice { padding: 9px 18px; font-size: 13.5px; }
.state { display: flex; align-items: center; gap: 9px; background: var(--warm); color: var(--on-warm);
  font-weight: 600; }
.state::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor; }
.notice { display: flex; flex-wrap: wrap; gap: 0 .8em; border-top: 1px solid var(--border); background: var(--warm);
  color: var(--on-warm); }
.notice button { padding: 0; font-weight: 600; text-decoration: underline; text-underline-offset: 2px; }

.log { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 8px;
  display: flex; flex-direction: column; gap: 12px; }
.log:focus-visible { outline-offset: -3px; }
.line { display: flex; flex-direction: column; align-items: flex-start; gap: 6px; max-width: 88%; position: relative; }
.text, .card, blockquote, dd { overflow-wrap: anywhere; white-space: pre-wrap; }
.text { padding: 9px 14px; border-radius: 5px 16px 16px; background: var(--raised); }
.text:empty { display: none; }
.customer { align-self: flex-end; align-items: flex-end; }
.customer .text { border-radius: 16px 16px 5px; background: var(--accent); color: var(--on-accent); }
.staff > .author { font-size: 12.5px; font-weight: 600; color: var(--muted); }
.staff .text { background: var(--surface); border: 1.5px solid var(--accent); }
.system { align-self: center; max-width: 100%; }
.system .text { padding: 2px 8px; background: none; color: var(--muted); font-size: 13px; text-align: center; }

.card { align-self: stretch; min-width: 250px; padding: 13px 15px; border: 1.5px solid var(--accent);
  border-radius: 5px 14px 14px; background: var(--surface); }
.kicker { font-size: 12px; font-weight: 600; color: var(--muted); }
.action { font-size: 16px; font-weight: 650; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 14px; margin-top: 8px; font-size: 14px; }
dt { color: var(--muted); }
dd { font-variant-numeric: tabular-nums; }
.until { margin-top: 9px; padding-top: 8px; border-top: 1px dashed var(--border); font-size: 12.5px;
  color: var(--muted); }
.sources { font-size: 13px; color: var(--muted); }
summary { display: inline-block; padding: 1px 4px; border-radius: 5px; cursor: pointer; text-decoration: underline;
  text-underline-offset: 3px; }
ul { list-style: none; display: grid; gap: 10px; margin-top: 8px; padding-left: 12px;
  border-left: 2px solid var(--border); }
li b { color: var(--text); }
code { font: 12px ui-monospace, monospace; }

.dots { display: flex; gap: 5px; align-self: flex-start; padding: 14px 16px; border-radius: 5px 16px 16px;
  background: var(--raised); }
.dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: nod 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: .15s; }
.dots i:nth-child(3) { animation-delay: .3s; }

.quick { display: flex; flex-wrap: wrap; gap: 8px; padding: 10px 16px 2px; }
.quick button { padding: .42em 1.05em; border: 1.5px solid var(--accent); border-radius: 999px; color: var(--accent);
  font-weight: 600; }
.quick button:hover { background: var(--accent); color: var(--on-accent); }
.composer { display: flex; align-items: flex-end; gap: 8px; padding: 12px 14px 14px; }
textarea { flex: 1; min-width: 0; max-height: 132px; padding: 9px 14px; resize: none; border: 1px solid var(--muted);
  border-radius: 20px; background: var(--surface); line-height: 1.4; }
textarea::placeholder { color: var(--muted); opacity: 1; }
textarea:focus-visible { outline-offset: 0; outline-width: 2px; border-color: transparent; }
.send { display: grid; place-items: center; width: 42px; height: 42px; flex: none; border-radius: 50%;
  background: var(--accent); color: var(--on-accent); }

@keyframes rise { from { opacity: 0; transform: translateY(14px); } }
@keyframes nod { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; transform: translateY(-3px); } }
@media (max-width: 520px) {
  .panel { inset: 0; width: auto; height: 100dvh; border: 0; border-radius: 0; }
  textarea { font-size: 16px; } /* smaller, and a phone zooms in */
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important; }
}
`;

export function styleSheet() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  return sheet;
}
