// A new version of a segment, or a new one, as YAML; what is typed stays until it is kept.
import { drop, keep, kept } from "./drafts.js";
import { button, field, hashOf, head, link, make, notAllowed, reading, wrong } from "./parts.js";
import { titleOf } from "./segments.js";
import { ask, isAtLeast } from "./server.js";
import { problemWords, say, time } from "./words.js";

const NEW = "new segment";

function example(from, event) {
  const named = JSON.stringify(event || "Order Completed");
  const who = {
    recent: `  events: [${named}]\n  within: 30d\n`,
    slipping: `  all:\n    - events: [${named}]\n    - none:\n        - {events: [${named}], within: 14d}\n`,
  }[from] ?? `  events: [${named}]\n`;
  const [key, en, ko] = { recent: ["active-lately", "Active lately", "최근 활동 고객"], slipping: ["slipping", "Slipping away", "멀어지는 고객"] }[from]
    ?? ["my-segment", "My segment", "내 세그먼트"];
  return `sojourn: segment/1\nkey: ${key}\ntitle: {en: ${en}, ko: ${ko}}\nwho:\n${who}`;
}

export function editorPage(at, again) {
  const key = at.get("edit-segment") ?? "";
  const up = [[say("home"), "#"], [say("segments"), "#segments"]];
  if (!isAtLeast("editor")) return notAllowed(say("newSegment"), "editor");
  if (!key) return make("div", {}, head(say("newSegment"), up), editor({ key, base: 0, text: example(at.get("new-segment"), at.get("event")) }, again));
  const title = head(say("editTitle", key), [...up, [key, hashOf({ segment: key })]]);
  const inside = make("div", {}, reading());
  const version = at.get("version");
  Promise.all([ask("GET", `/segments/${encodeURIComponent(key)}`), version && ask("GET", `/segments/${encodeURIComponent(key)}?version=${encodeURIComponent(version)}`)]).then(
    ([newest, from]) => {
      title.querySelector("h1").textContent = say("editTitle", titleOf(newest));
      inside.replaceChildren(editor({ key, base: newest.version, text: (from || newest).document }, again));
    }, (problem) => inside.replaceChildren(wrong(problem)));
  return make("div", {}, title, inside);
}

// `base` is the version that was looked at: a newer one that somebody kept meanwhile is not passed over.
function editor(given, again) {
  const name = given.key || NEW;
  const draft = kept(name);
  const now = { base: draft?.base ?? given.base, seen: null };
  const error = make("div", { role: "alert", id: "document-error" });
  const rule = field(say("document"), { name: "document", rows: 16, maxlength: 65536, spellcheck: "false", autocapitalize: "off", autocomplete: "off" }, say("documentHint"));
  const text = rule.querySelector("textarea");
  text.value = draft?.text ?? given.text;
  text.setAttribute("aria-describedby", "document-error document-hint");
  rule.insertBefore(error, rule.lastChild);
  const why = field(say("whyChanged"), { name: "why", required: false, maxlength: 2000, value: draft?.why ?? "" });
  const save = make("button", {}, given.key ? say("keepVersion", given.base + 1) : say("keepNew"));
  const form = make("form", { class: "card", oninput: () => keep(name, { text: text.value, why: form.elements.why.value, base: now.base }) },
    draft ? begun(draft, name, again) : null, rule, why,
    make("div", { class: "acts" }, save, link(say("cancel"), given.key ? hashOf({ segment: given.key }) : "#segments", { class: "button quiet" })));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.replaceChildren();
    text.removeAttribute("aria-invalid");
    save.disabled = true; // a version is kept once
    try { await send(given, now, text.value, form.elements.why.value, (made) => { drop(name); tellKept(made, given, again); }); }
    catch (problem) { error.replaceChildren(...refused(problem, text)); }
    save.disabled = false;
  });
  return make("div", { class: "editing" }, form, help());
}

function begun(draft, name, again) {
  const words = draft.base ? say("draftHere", draft.base) : say("draftHereNew");
  return make("p", { class: "note" }, words, " ", button(say("throwDraft"), () => { drop(name); again(""); }));
}

async function send(given, now, document, why, done) {
  const key = document.match(/^["']?key["']?\s*:\s*["']?([a-z0-9_-]+)/m)?.[1] ?? given.key;
  const there = key && (await ask("GET", `/segments/${key}`).catch((problem) => { if (problem.status !== 404) throw problem; return null; }));
  const base = key === given.key ? now.base : 0;
  if (there && there.version > base && now.seen !== `${key} ${there.version}`) {
    now.seen = `${key} ${there.version}`; // the second press means it
    throw Object.assign(new Error(), { there, isTaken: key !== given.key });
  }
  done(await ask("POST", "/segments", { document, why }));
}

// What the server says of the text, at the text: the caret goes to the line it names.
function refused(problem, text) {
  text.setAttribute("aria-invalid", "true");
  const { there } = problem;
  if (there) {
    const words = problem.isTaken ? say("keyTaken", there.key, there.version, there.version + 1)
      : say("clash", there.who, there.version, time(there.when), there.version + 1);
    return [make("p", { class: "error" }, words, " ", link(say("lookAtTheirs", there.version), hashOf({ segment: there.key })))];
  }
  if (problemWords(problem.code)) return [wrong(problem)];
  const [, line, path, said] = problem.message.match(/^the document(?:, line (\d+))?(?: \((.*?)\))?: (.*)$/s) ?? [null, "", "", problem.message];
  text.focus();
  if (line) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  }
  return [make("p", { class: "error" }, line ? make("strong", {}, say("atLine", line)) : null, path ? make("code", {}, path) : null,
    line || path ? " " : null, make("span", { lang: "en" }, said)), make("p", { class: "dim" }, say("notKept"))];
}

function tellKept(made, given, again) {
  const words = made.version === given.base && made.key === given.key ? say("unchanged", made.version)
    : say(made.active ? "keptNow" : "keptRetired", made.version);
  const doubts = made.doubts.length ? [`${say("doubts")} `, make("span", { lang: "en" }, made.doubts.join(" "))] : [];
  again(make("span", {}, words, " ", ...doubts), hashOf({ segment: made.key }));
}

function help() {
  const rows = [["events: [a, b]\nat_least: 2\nwithin: 30d", "helpDid"], ["events: [a]\nquiet: 2h", "helpQuiet"], ["all: […]\nany: […]\nnone: […]", "helpGroup"],
    ["sequence: [{events: a}, {events: b}]", "helpSequence"], ["trait: plan = pro", "helpTrait"], ["stage: [loyalty]", "helpStage"]];
  return make("aside", { class: "card" }, make("h2", {}, say("rulesHelp")),
    make("dl", { class: "help" }, ...rows.flatMap(([code, words]) => [make("dt", {}, make("code", {}, code)), make("dd", {}, say(words))])));
}
