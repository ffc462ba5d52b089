import type { Queue, Waiting } from "./queue";

const SOON_MS = 1000;
const MOST_CALLS = 100;
/** Browsers let a page that is going away send 64 KB in all. */
const MOST_BYTES = 60_000;
const LONGEST_PAUSE_MS = 300_000;

/** What the sender needs of the browser. */
export interface Wire {
  fetch(url: string, init: RequestInit): Promise<Response>;
  beacon(url: string, body: string): boolean;
  online(): boolean;
  later(act: () => void, ms: number): void;
  now(): Date;
  random(): number;
}

/** How long to wait after a failure: twice as long each time, never all at once. */
export function pauseMs(failures: number, retryAfter: string | null, random: number): number {
  const told = Number(retryAfter) * 1000;
  const grown = Math.min(SOON_MS * 2 ** failures, LONGEST_PAUSE_MS);
  return Math.max(told > 0 ? Math.min(told, LONGEST_PAUSE_MS) : 0, grown * (0.5 + random / 2));
}

/** Whether an answer settles what becomes of the calls: taken, or refused for good. */
export function isSettled(status: number): boolean {
  return (status >= 200 && status < 300) || status === 400 || status === 413;
}

export function bodyOf(key: string, sent: readonly Waiting[], now: Date): string {
  const calls = sent.map(({ text }) => text).join(",");
  return `{"writeKey":${JSON.stringify(key)},"sentAt":"${now.toISOString()}","batch":[${calls}]}`;
}

export interface Sender {
  /** There is something to send. */
  wake(): void;
  /** What stood in the way may be gone. */
  retry(): void;
  /** The page may end now: send what there is. */
  leave(ends: boolean): void;
  /** Nothing more may be sent. */
  stop(): void;
}

/** Sends what a queue holds, one request at a time; a call leaves the queue when its fate is known. */
export function senderOf(queue: Queue, url: string, key: string, wire: Wire): Sender {
  let busy = false;
  let waiting = false;
  let stopped = false;
  let failures = 0;
  /** Under way, or given to the browser as the page ended. */
  let gone = new Set<string>();

  const wait = (ms: number): void => {
    if (waiting) return;
    waiting = true;
    wire.later(() => {
      waiting = false;
      void send();
    }, ms);
  };
  const send = async (): Promise<void> => {
    if (busy || stopped || !wire.online()) return;
    const sent = queue.take(MOST_CALLS, MOST_BYTES);
    if (!sent.length) return;
    busy = true;
    gone = new Set(sent.map(({ name }) => name));
    let retryAfter: string | null = null;
    try {
      const body = bodyOf(key, sent, wire.now());
      // As text, a browser need not ask first; kept alive, the request outlives its page.
      const answer = await wire.fetch(url, { method: "POST", body, keepalive: true, credentials: "omit" });
      if (isSettled(answer.status)) {
        queue.drop(sent);
        failures = -1;
      }
      retryAfter = answer.headers.get("retry-after");
    } catch {
      // No network, or an answer we may not read: as good as none.
    }
    busy = false;
    gone.clear();
    failures += 1;
    if (queue.size()) wait(failures ? pauseMs(failures, retryAfter, wire.random()) : 0);
  };
  return {
    wake: () => (queue.size() >= MOST_CALLS && !failures ? void send() : wait(SOON_MS)),
    retry() {
      failures = 0;
      void send();
    },
    leave(ends) {
      if (!ends) return void send();
      if (stopped) return;
      // No answer will be heard: what is sent stays in the queue and goes again on the next page.
      const sent = queue.take(MOST_CALLS, MOST_BYTES, gone);
      if (sent.length && wire.beacon(url, bodyOf(key, sent, wire.now()))) sent.forEach(({ name }) => gone.add(name));
    },
    stop: () => void (stopped = true),
  };
}
