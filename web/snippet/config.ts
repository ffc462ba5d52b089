import type { Config, Consent } from "./types";

const OWN_PATH = /\/(?:sojourn\/[0-9a-f]+\/)?sojourn\.js(?:[?#].*)?$/;

/** What a tag says: `attributes` are its `data-` attributes, `src` is where it was loaded from. */
export function readConfig(attributes: Record<string, string | undefined>, src: string): Config {
  return {
    key: attributes.key ?? "",
    collect: (attributes.collect ?? src.replace(OWN_PATH, "")).replace(/\/+$/, ""),
    consent: asConsent(attributes.consent),
    cookieDomain: attributes.cookieDomain ?? "",
    query: words(attributes.query),
    off: words(attributes.off),
  };
}

/** Anything that is not said clearly counts as no consent. */
export function asConsent(word: unknown): Consent {
  return word === "full" || word === "cookieless" ? word : "none";
}

function words(list: string | undefined): string[] {
  return (list ?? "").split(/[\s,]+/).filter(Boolean);
}
