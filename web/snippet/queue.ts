import type { Store } from "./store";

const MOST_CALLS = 500;
const MOST_CHARACTERS = 500_000;
const PREFIX = "q.";

export interface Waiting {
  name: string;
  text: string;
}

/** Calls that are not known to have arrived, oldest first; the oldest go when there are too many. */
export interface Queue {
  add(text: string, now: number): void;
  /** The oldest that fit into one request, those in `skipped` left out; at least one where there is one. */
  take(mostCalls: number, mostBytes: number, skipped?: ReadonlySet<string>): Waiting[];
  drop(sent: readonly Waiting[]): void;
  size(): number;
}

/**
 * A queue in a store, an entry a call: tabs of one site share the store, and none of them can then
 * overwrite what another one added. Two tabs may send the same call; its id makes it count once.
 */
export function queueIn(store: Store): Queue {
  const names = store.names().filter((name) => name.startsWith(PREFIX)).sort();
  const held = new Map(names.map((name) => [name, store.get(name) ?? ""]));
  let characters = [...held.values()].reduce((sum, text) => sum + text.length, 0);
  let count = 0;
  const remove = (name: string): void => {
    characters -= held.get(name)?.length ?? 0;
    held.delete(name);
    store.remove(name);
  };
  return {
    add(text, now) {
      // Sorts by time, then by the order within this page; the end keeps tabs apart.
      const order = now.toString(36).padStart(9, "0") + (count++).toString(36).padStart(5, "0");
      const name = PREFIX + order + Math.random().toString(36).slice(2, 8);
      held.set(name, text);
      store.set(name, text);
      characters += text.length;
      for (const oldest of held.keys()) {
        if (held.size <= MOST_CALLS && characters <= MOST_CHARACTERS) break;
        remove(oldest);
      }
    },
    take(mostCalls, mostBytes, skipped) {
      const found: Waiting[] = [];
      let bytes = 0;
      for (const [name, text] of held) {
        if (skipped?.has(name)) continue;
        bytes += bytesOf(text) + 1;
        if (found.length && (bytes > mostBytes || found.length >= mostCalls)) break;
        found.push({ name, text });
      }
      return found;
    },
    drop: (sent) => sent.forEach(({ name }) => remove(name)),
    size: () => held.size,
  };
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
