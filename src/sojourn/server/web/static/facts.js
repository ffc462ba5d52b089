// What is known of a person, as rows of a list and as what a preview compares.
import { hashOf, link, make } from "./parts.js";
import { day, number, say, time } from "./words.js";

const CHANGES = 8;

// What is known of a person: merges, sources, consent, traits, segments; one row each.
export function known(answer, titles = {}) {
  const since = (at) => say("since", day(at));
  const shown = (value) => (value === null ? "–" : String(value));
  const named = (key) => link(titles[key] ?? key, hashOf({ segment: key }));
  const rows = answer.merged?.length ? [[say("merged"), answer.merged.join(", "), ""]] : [];
  for (const [kind, from] of Object.entries(answer.sources ?? {})) {
    const parts = [from.channel, [from.source, from.medium, from.campaign].filter(Boolean).join(" / ")].filter(Boolean);
    rows.push([say(kind), parts.join(" · "), day(from.at)]);
  }
  for (const fact of answer.consents ?? [])
    rows.push([consentName(fact), say(fact.granted ? "granted" : "denied"), since(fact.since)]);
  for (const trait of answer.traits ?? []) {
    const former = trait.former.map((one) => say("formerly", shown(one.value), day(one.since)));
    rows.push([trait.name, shown(trait.value), [since(trait.since), ...former].join(" · ")]);
  }
  const { inside = [], changes = [] } = answer.segments ?? {};
  if (inside.length) rows.push([say("inSegments"), make("span", {}, ...inside.flatMap((key, at) =>
    [at ? ", " : "", named(key), " ", make("span", { class: "aside" }, "(", link(say("whyIn"), hashOf({ segment: key, why: answer.person }),
      { "aria-label": `${titles[key] ?? key}: ${say("whyOf", answer.person)}` }), ")")])), ""]);
  for (const one of changes.slice(0, CHANGES))
    rows.push([say(one.entered ? "entered" : "left"), named(one.segment), time(one.at) + (one.cause === "time" ? ` · ${say("byTime")}` : "")]);
  return rows;
}

export function consentName(fact) {
  return [say("consent"), fact.purpose, fact.channel].filter(Boolean).join(" · ");
}

// What a preview compares of one person, by name.
export function compared(answer) {
  const { totals } = answer;
  const found = new Map([
    ["events", { label: say("events"), text: number(totals.events) }],
    ["sessions", { label: say("sessions"), text: totals.sessions === null ? "—" : number(totals.sessions) }],
    ["first", { label: say("firstSeen"), text: totals.first_seen ? day(totals.first_seen) : "—" }],
    ["last", { label: say("lastSeen"), text: totals.last_seen ? day(totals.last_seen) : "—" }],
  ]);
  const { original } = answer.sources;
  if (original) found.set("original", { label: say("original"), text: [original.channel, original.source].filter(Boolean).join(" · "), mayDiffer: true });
  for (const fact of answer.consents) found.set(`consent ${consentName(fact)}`, { label: consentName(fact), text: say(fact.granted ? "granted" : "denied"), mayDiffer: true, isConsent: true });
  for (const { name, value } of answer.traits) found.set(`trait ${name}`, { label: name, text: String(value ?? "–"), mayDiffer: true });
  return found;
}
