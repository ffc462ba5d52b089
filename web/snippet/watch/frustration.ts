import type { Client } from "../types";

const RAGE_CLICKS = 3;
const RAGE_MS = 1000;
const RAGE_PIXELS = 30;
const DEAD_MS = 2500;
const LOOKS_ALIVE = "a,button,summary,[role=button],[role=link],[onclick]";
/** These answer a click in ways that no page hears of. */
const ANSWERS_ALONE = "input,select,textarea,label,option,video,audio,iframe,[contenteditable],a[download],a[target],a[href^='mailto:'],a[href^='tel:']";

export interface Point {
  at: number;
  x: number;
  y: number;
}

/** Whether a click makes a burst in one place; each burst is told once, at its third click. */
export function rageCounter(): (click: Point) => boolean {
  let burst: Point[] = [];
  return (click) => {
    const last = burst[burst.length - 1];
    const first = burst[0];
    const near = last && first && click.at - last.at < RAGE_MS && Math.hypot(click.x - first.x, click.y - first.y) <= RAGE_PIXELS;
    burst = near ? [...burst, click] : [click];
    return burst.length === RAGE_CLICKS;
  };
}

/** Where on a page something is, without any of its content. */
export function placeOf(element: Element): string {
  const name = element.getAttribute("data-sojourn-cta") ?? element.getAttribute("name");
  const kind = element.getAttribute("class")?.trim().split(/\s+/)[0];
  const mark = element.id ? `#${element.id}` : name ? `[${name}]` : kind ? `.${kind}` : "";
  return element.tagName.toLowerCase() + mark;
}

/** Whether following an address loads another page. */
export function leadsAway(href: string, here: string): boolean {
  return /^https?:/.test(href) && href.split("#")[0] !== here.split("#")[0];
}

/** Clicks in a burst on one place, and clicks after which nothing happens. */
export function watchFrustration(client: Client): void {
  const rages = rageCounter();
  document.addEventListener(
    "click",
    (event) => {
      const target = event.target;
      if (!(target instanceof Element) || !event.isTrusted) return;
      if (event.detail && rages({ at: event.timeStamp, x: event.clientX, y: event.clientY }))
        client.track("rage_click", { target: placeOf(target) });
      const alive = target.closest(LOOKS_ALIVE) ?? (getComputedStyle(target).cursor === "pointer" ? target : null);
      if (!alive || target.closest(ANSWERS_ALONE)) return;
      const link = target.closest<HTMLAnchorElement>("a[href]");
      awaitLife(() => {
        // The next page may take its time; a link that the site's own script took over has none.
        if (link && leadsAway(link.href, location.href) && !event.defaultPrevented) return;
        client.track("dead_click", { target: placeOf(alive) });
      });
    },
    true,
  );
}

let pending = false;

/** Calls `dead` when nothing on the page moves for a while after a click; one click is awaited at a time. */
function awaitLife(dead: () => void): void {
  if (pending) return;
  pending = true;
  const signs = ["scroll", "focusin", "submit", "selectionchange", "visibilitychange", "pagehide", "popstate", "hashchange", "resize"];
  const address = location.href;
  const end = (): void => {
    pending = false;
    clearTimeout(timer);
    changes.disconnect();
    for (const name of signs) removeEventListener(name, end, true);
  };
  const changes = new MutationObserver(end);
  const timer = setTimeout(() => {
    end();
    if (location.href === address) dead();
  }, DEAD_MS);
  changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  for (const name of signs) addEventListener(name, end, true);
}
