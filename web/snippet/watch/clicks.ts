import { cleanUrl } from "../address";
import type { Client } from "../types";

const CTA = "data-sojourn-cta";
const MOST_TEXT = 60;

/** The link that a click follows to another host; undefined for any other click. */
export function outboundLink(target: Element, here: string): URL | undefined {
  const link = target.closest<HTMLAnchorElement>("a[href]");
  if (!link || !/^https?:/.test(link.href)) return undefined;
  const url = new URL(link.href);
  return url.host === here ? undefined : url;
}

export function shortText(text: string | null | undefined): string {
  return (text ?? "").replace(/\s+/g, " ").trim().slice(0, MOST_TEXT);
}

/** Clicks on what the site marked as a call to action, and clicks that lead to other hosts. */
export function watchClicks(client: Client): void {
  const look = ({ target, button }: MouseEvent): void => {
    if (!(target instanceof Element) || button > 1) return;
    const marked = target.closest(`[${CTA}]`);
    if (marked) client.track("cta_click", { cta: marked.getAttribute(CTA) || shortText(marked.textContent) });
    const url = outboundLink(target, location.host);
    if (url) client.track("outbound_click", { link_host: url.host, link_url: cleanUrl(url.href) });
  };
  for (const name of ["click", "auxclick"] as const) document.addEventListener(name, look, true);
}
