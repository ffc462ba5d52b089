import type { Json } from "./types";

const CAMPAIGN: Record<string, string> = {
  utm_source: "source", utm_medium: "medium", utm_campaign: "name", utm_content: "content", utm_term: "term",
};
const CLICK_IDS =
  "gclid gbraid wbraid dclid gclsrc fbclid msclkid ttclid twclid li_fat_id yclid epik sccid rdt_cid irclickid napm";

/** The UTM parameters of a query, under the names that `context.campaign` has for them. */
export function campaignOf(query: string): Json {
  const found: Json = {};
  new URLSearchParams(query).forEach((value, key) => {
    const name = CAMPAIGN[key.toLowerCase()];
    if (name && value) found[name] = value;
  });
  return found;
}

/** The ids that advertisers add to a click, by name in small letters. */
export function clickIdsOf(query: string): Json {
  const known = CLICK_IDS.split(" ");
  const found: Json = {};
  new URLSearchParams(query).forEach((value, key) => {
    const name = key.toLowerCase();
    if (value && known.includes(name)) found[name] = value;
  });
  return found;
}

/** An address without fragment, and of its query only the parameters named. */
export function cleanUrl(url: string, kept: readonly string[] = []): string {
  try {
    const { origin, pathname, searchParams, protocol } = new URL(url);
    if (!/^https?:$/.test(protocol)) return "";
    const query = new URLSearchParams([...searchParams].filter(([name]) => kept.includes(name))).toString();
    return origin + pathname + (query && "?" + query);
  } catch {
    return "";
  }
}

/** What tells one view of a site from another: the path, and a route kept in the fragment. */
export function viewOf(url: { pathname: string; hash: string }): string {
  return url.pathname + (/^#!?\//.test(url.hash) ? url.hash.split("?")[0] : "");
}
