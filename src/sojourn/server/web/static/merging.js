// Two people merged, with a preview of both before, and told apart again.
import { drop, keep, kept } from "./drafts.js";
import { compared } from "./facts.js";
import { button, card, field, hashOf, link, make, table, wrong } from "./parts.js";
import { ask, isAtLeast } from "./server.js";
import { day, number, say } from "./words.js";

const SHOWN = 100;

// The merges given, oldest first as the server lists them, shown newest first.
export function mergesOf(merges, again) {
  const asking = make("div");
  const named = (person) => link(person, hashOf({ person }));
  const rows = merges.slice(-SHOWN).reverse().map((one) => {
    const { who, when, why } = one.undone ?? one.made;
    const state = one.undone ? say("undoneBy", day(when), who, why)
      : isAtLeast("editor") ? button(say("undo"), () => askUndo(one, asking, again), { "aria-label": say("undoOf", one.gone) }) : say("stands");
    return [named(one.gone), named(one.kept), `${day(one.made.when)} · ${one.made.who}`, one.made.why, state];
  });
  const some = merges.length > SHOWN ? make("p", { class: "dim" }, say("mergesShown", number(SHOWN), number(merges.length))) : null;
  return make("div", { "data-wide": true },
    table([say("mergeGone"), say("mergeKept"), say("mergeMade"), say("why"), say("mergeState")], rows), ...(some ? [some] : []), asking);
}

function askUndo({ gone, kept: into }, asking, again) {
  const name = `undo ${gone}`;
  const error = make("div", { role: "alert" });
  const reason = field(say("undoReason", gone, into), { name: "why", maxlength: 2000, value: kept(name)?.why ?? "", oninput: (event) => keep(name, { why: event.target.value }) });
  const go = async (event) => {
    event.preventDefault();
    error.replaceChildren();
    try {
      await ask("POST", "/merges/undone", { gone, why: new FormData(event.target).get("why") });
      drop(name);
      again(say("undoneNow", gone, into));
    } catch (problem) { error.replaceChildren(wrong(problem)); }
  };
  asking.replaceChildren(make("form", { class: "asked", onsubmit: go }, make("h3", {}, say("undoOf", gone)),
    make("p", { class: "dim" }, say("undoWhat")), reason, error,
    make("div", { class: "acts" }, make("button", {}, say("confirmUndo")), button(say("cancel"), () => asking.replaceChildren()))));
  asking.querySelector("input").focus();
}

export function mergeForm(answer, again) {
  const { person } = answer;
  const name = `merge ${person}`;
  const draft = kept(name) ?? {};
  const error = make("div", { role: "alert" });
  const seen = make("div");
  const choice = (value, words) => make("label", { class: "choice" },
    make("input", { type: "radio", name: "stays", value, checked: (draft.stays ?? "this") === value }), make("span", {}, words));
  const form = make("form", {},
    field(say("otherPerson"), { name: "other", maxlength: 500, value: draft.other ?? "", autocomplete: "off" }, say("otherHint")),
    make("fieldset", {}, make("legend", {}, say("whoStays")), choice("this", say("staysThis", person)), choice("other", say("staysOther"))),
    field(say("mergeReason"), { name: "why", maxlength: 2000, value: draft.why ?? "" }, say("reasonHint")),
    error, make("div", { class: "acts" }, make("button", {}, say("preview"))));
  const given = () => Object.fromEntries(new FormData(form));
  form.addEventListener("input", () => { keep(name, given()); seen.replaceChildren(); form.hidden = false; });
  const change = () => { seen.replaceChildren(); form.hidden = false; form.elements.other.focus(); };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.replaceChildren();
    const { other, stays, why } = given();
    try {
      if (!why.trim()) throw Object.assign(new Error(), { code: "no-reason" });
      const found = await ask("GET", `/people/${encodeURIComponent(other.trim())}/events?limit=1`);
      if (found.person === person) throw Object.assign(new Error(), { code: "same-person" });
      const [gone, into] = stays === "this" ? [found, answer] : [answer, found];
      const merged = async () => {
        await ask("POST", "/merges", { gone: gone.person, kept: into.person, why });
        drop(name);
        again(say("mergedNow", gone.person, into.person), hashOf({ person: into.person }));
      };
      form.hidden = true;
      seen.replaceChildren(preview(gone, into, why, merged, change));
      seen.querySelector("h3").focus();
    } catch (problem) { error.replaceChildren(wrong(problem)); }
  });
  return card(say("merge"), say("mergeWhy"), form, seen);
}

function preview(gone, into, why, merged, change) {
  const error = make("div", { role: "alert" });
  const go = async (event) => {
    event.target.disabled = true; // a merge is made once
    error.replaceChildren();
    try { await merged(); } catch (problem) { error.replaceChildren(wrong(problem)); event.target.disabled = false; }
  };
  const both = [into, gone].map(compared);
  const names = [...new Set(both.flatMap((one) => [...one.keys()]))];
  const rows = names.map((name) => {
    const [one, other] = both.map((each) => each.get(name));
    const differs = one && other && one.text !== other.text && one.mayDiffer;
    return [make("span", { class: "named" }, (one ?? other).label), one?.text ?? "—", other?.text ?? "—", differs ? make("span", { class: "chip" }, say("differs")) : ""];
  });
  const refused = names.filter((name) => both.every((one) => one.get(name)?.isConsent) && both[0].get(name).text !== both[1].get(name).text);
  return make("div", {}, make("h3", { tabindex: "-1" }, say("previewOf", gone.person, into.person)),
    table([say("fact"), say("stays", into.person), say("goes", gone.person), ""], rows),
    make("ul", { class: "rules" }, ...["mergeRuleSource", "mergeRuleTraits", "mergeRuleConsent"].map((rule) => make("li", {}, say(rule))),
      ...refused.map((name) => make("li", {}, make("strong", {}, say("consentAfter", both[0].get(name).label))))),
    make("p", {}, make("span", { class: "dim" }, say("why"), ": "), why), error,
    make("div", { class: "acts" }, button(say("confirmMerge", into.person), go, { class: "" }), button(say("change"), change)));
}
