// What pages are put together from. Elements are made, never written as HTML: data stays text.
import { ago, interval, number, percent, problemWords, say, time } from "./words.js";

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function field(label, attributes, hint = "") {
  const input = make(attributes.rows ? "textarea" : "input", { required: true, ...attributes });
  if (!hint) return make("label", {}, make("span", {}, label), input);
  const told = make("span", { class: "hint", id: `${attributes.name}-hint` }, hint);
  input.setAttribute("aria-describedby", told.id);
  return make("div", { class: "field" }, make("label", {}, make("span", {}, label), input), told);
}

export function card(title, why, ...children) {
  const isWide = children.some((child) => child?.dataset && "wide" in child.dataset);
  return make("section", { class: isWide ? "card wide" : "card" }, make("h2", { tabindex: "-1" }, title),
    why ? make("p", { class: "dim" }, why) : null, ...children);
}

// A head is its word, or the word and "n" where numbers stand below; a cell is a value or an element.
export function table(heads, rows) {
  const words = heads.map((head) => (Array.isArray(head) ? head[0] : head));
  const isNumber = (value, at) => (Array.isArray(heads[at]) || typeof value === "number" ? "n" : undefined);
  const cell = (value, at) => make("td", { role: "cell", class: isNumber(value, at), "data-label": words[at] },
    typeof value === "number" ? number(value) : value);
  // The roles stay where a narrow screen lays rows out as blocks, which are no table to a browser.
  return make("div", { class: "scroll" }, make("table", { role: "table" },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...words.map((word, at) =>
      make("th", { role: "columnheader", class: isNumber(rows[0]?.[at], at), scope: "col" }, word)))),
    make("tbody", { role: "rowgroup" }, ...rows.map((row) => make("tr", { role: "row" }, ...row.map(cell))))));
}

export function list(rows) {
  return make("dl", {}, ...rows.flatMap(([name, value, more]) => [make("dt", {}, name),
    make("dd", {}, value, more ? make("span", { class: "dim" }, more) : null)]));
}

export function link(words, hash, attributes = {}) { return make("a", { href: hash, ...attributes }, words); }

export function button(words, onclick, attributes = {}) {
  return make("button", { type: "button", class: "quiet", onclick, ...attributes }, words);
}

// Lines to be copied, with the button that does it.
export function copied(text) {
  const lines = make("pre", {}, make("code", {}, text));
  const copy = button(say("copy"), async () => {
    if (!navigator.clipboard) { // without TLS a browser gives none: the lines are marked instead
      getSelection().selectAllChildren(lines);
      return;
    }
    await navigator.clipboard.writeText(text);
    copy.textContent = say("copied");
    setTimeout(() => { copy.textContent = say("copy"); }, 2000);
  });
  return make("div", { class: "copied" }, lines, copy);
}

export const reading = () => make("p", { class: "dim" }, say("reading"));

// Told to whoever listens to the page instead of looking at it.
export function announce(words) { document.getElementById("said").textContent = words; }

// Why something did not work, in the page's language where we have words for it.
export function wrong(problem) {
  const ours = problemWords(problem.code);
  if (ours) return make("p", { class: "error" }, ours);
  return make("p", { class: "error" }, say("didNotWork"), " ", make("span", { lang: "en" }, problem.message));
}

// The head of a page that stands below another one.
export function head(title, up, ...more) {
  return make("div", { class: "head" },
    make("nav", { "aria-label": say("whereAmI") }, ...up.flatMap(([words, hash]) => [link(words, hash), " / "])),
    make("h1", { tabindex: "-1" }, title), ...more);
}

// A share with its interval: the figures, and a bar that shows both.
export function share(found, withN = false) {
  if (!found || found.not_estimable) return make("span", { class: "unknown" }, say("nobodySeen"));
  const { value, low, high, n } = found;
  const bar = make("span", { class: "bar", "aria-hidden": "true" }, make("i"), make("b"));
  const [fill, whisker] = bar.children;
  fill.style.width = `${100 * value}%`;
  whisker.style.left = `${100 * low}%`;
  whisker.style.width = `${100 * (high - low)}%`;
  const told = say(withN ? "intervalN" : "interval", interval(low, high), number(n));
  return make("span", { class: "share" }, bar, make("span", { class: "value" }, percent(value)),
    make("span", { class: "dim" }, told));
}

// What a figure means and how fresh it is: stands under every figure.
export function means(definition, asOf) {
  return make("p", { class: "means" }, definition, " ", say("asOf", time(asOf)), " ", say("newestAge", ago(asOf)));
}

// A page for whom the role does not allow it: which role it takes, and whom to ask.
export function notAllowed(title, role) {
  return make("div", {}, head(title, [[say("home"), "#"]]),
    make("section", { class: "card" }, make("h2", {}, say("needsRole", say(`role-${role}`))),
      make("p", { class: "dim" }, say("askAdmin")), link(say("home"), "#", { class: "button quiet" })));
}

export function follow(event, go) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a tab of its own
  event.preventDefault();
  history.pushState(null, "", event.currentTarget.getAttribute("href"));
  go();
}

export function hashOf(parts) {
  return `#${new URLSearchParams(Object.entries(parts).filter(([, value]) => value)).toString()}`;
}
