import { describe, expect, it } from "vitest";
import { bytesOf, queueIn } from "../../snippet/queue";
import { bodyOf, isSettled, pauseMs, senderOf, type Wire } from "../../snippet/sender";
import { memoryStore } from "../../snippet/store";

const call = (id: number | string): string => JSON.stringify({ messageId: String(id) });
const ids = (body: unknown): string[] =>
  (JSON.parse(String(body)) as { batch: { messageId: string }[] }).batch.map((each) => each.messageId);
const settle = (): Promise<void> => new Promise((done) => setTimeout(done));

/** A network that answers as told, and a clock that is moved by hand. */
function network(...answers: (number | "none")[]) {
  const sent: string[][] = [];
  const beacons: string[][] = [];
  const timers: { act: () => void; ms: number }[] = [];
  const state = { online: true, retryAfter: null as string | null };
  const wire: Wire = {
    fetch(_url, init) {
      sent.push(ids(init.body));
      const answer = answers.shift() ?? 200;
      if (answer === "none") return Promise.reject(new TypeError("no network"));
      const headers = new Headers(state.retryAfter ? { "retry-after": state.retryAfter } : {});
      return Promise.resolve(new Response(null, { status: answer, headers }));
    },
    beacon: (_url, body) => !!beacons.push(ids(body)),
    online: () => state.online,
    later: (act, ms) => void timers.push({ act, ms }),
    now: () => new Date(0),
    random: () => 1,
  };
  const tick = async (): Promise<number> => {
    const next = timers.shift();
    next?.act();
    await settle();
    return next?.ms ?? -1;
  };
  return { wire, sent, beacons, state, tick, timers };
}

function setUp(...answers: (number | "none")[]) {
  const net = network(...answers);
  const queue = queueIn(memoryStore());
  const sender = senderOf(queue, "/v1/batch", "wk", net.wire);
  const add = (...names: number[]): void => names.forEach((name) => (queue.add(call(name), 1), sender.wake()));
  return { ...net, queue, sender, add };
}

describe("the queue", () => {
  it("is found again in order by the next page", () => {
    const store = memoryStore();
    const first = queueIn(store);
    for (const id of [1, 2, 3]) first.add(call(id), 5_000);
    first.add(call(4), 40_000_000_000);
    store.set("id", "not a call");
    expect(queueIn(store).take(10, 1e6).map(({ text }) => text)).toEqual([1, 2, 3, 4].map(call));
  });
  it("lets two pages add and take away without undoing each other's work", () => {
    const store = memoryStore();
    const [one, two] = [queueIn(store), queueIn(store)];
    one.add(call("a"), 1);
    two.add(call("b"), 1);
    one.drop(one.take(10, 1e6));
    expect(queueIn(store).take(10, 1e6).map(({ text }) => text)).toEqual([call("b")]);
  });
  it("is bounded: the oldest go", () => {
    const store = memoryStore();
    const queue = queueIn(store);
    for (let id = 0; id < 510; id++) queue.add(call(id), id);
    expect(queue.size()).toBe(500);
    expect(store.names().length).toBe(500);
    expect(queue.take(1, 1e6)[0]?.text).toBe(call(10));
    for (let id = 0; id < 30; id++) queue.add("x".repeat(30_000), 1000 + id);
    expect(queue.size()).toBe(16);
  });
  it("fits requests by count and bytes, and never stops at a large one", () => {
    const queue = queueIn(memoryStore());
    for (const text of ["가".repeat(30), "나".repeat(30), "c"]) queue.add(text, 1);
    expect(queue.take(10, 100).length).toBe(1);
    expect(queue.take(10, 182).length).toBe(2);
    expect(queue.take(2, 1e6).length).toBe(2);
    expect(queue.take(10, 1).length).toBe(1);
    expect(bytesOf("가a")).toBe(4);
  });
});

describe("sending", () => {
  it("puts calls that come together into one request", async () => {
    const { add, tick, sent, queue } = setUp();
    add(1, 2, 3);
    expect(await tick()).toBe(1000);
    expect(sent).toEqual([["1", "2", "3"]]);
    expect(queue.size()).toBe(0);
  });
  it.each([429, 500, 503, 401, "none"] as const)("keeps what met %s and tries again, more slowly each time", async (answer) => {
    const { add, tick, sent, queue } = setUp(answer, answer, 200);
    add(1);
    expect([await tick(), await tick(), await tick()]).toEqual([1000, 2000, 4000]);
    expect(sent).toEqual([["1"], ["1"], ["1"]]);
    expect(queue.size()).toBe(0);
  });
  it.each([400, 413])("lets go of what is refused for good with %d", async (answer) => {
    const { add, tick, queue } = setUp(answer);
    add(1);
    await tick();
    expect(queue.size()).toBe(0);
  });
  it("waits as long as it is told to", async () => {
    const { add, tick, state, timers } = setUp(429);
    state.retryAfter = "20";
    add(1);
    await tick();
    expect(timers[0]?.ms).toBe(20_000);
  });
  it("keeps still while offline, and goes on at once afterwards", async () => {
    const { add, tick, sent, state, sender } = setUp();
    state.online = false;
    add(1, 2);
    await tick();
    expect(sent).toEqual([]);
    state.online = true;
    sender.retry();
    await settle();
    expect(sent).toEqual([["1", "2"]]);
  });
  it("gives what is left to the browser when the page ends, once, and keeps it until it is answered", async () => {
    const { add, beacons, queue, sender, sent } = setUp();
    add(1, 2);
    sender.leave(true);
    add(3);
    sender.leave(true);
    sender.leave(true);
    expect(beacons).toEqual([["1", "2"], ["3"]]);
    expect(queue.size()).toBe(3);
    sender.retry();
    await settle();
    expect(sent).toEqual([["1", "2", "3"]]);
  });
  it("sends with an answer when the page is only hidden", async () => {
    const { add, beacons, queue, sender } = setUp();
    add(1);
    sender.leave(false);
    await settle();
    expect(beacons).toEqual([]);
    expect(queue.size()).toBe(0);
  });
  it("sends nothing once it was stopped", async () => {
    const { add, tick, sent, beacons, sender } = setUp();
    add(1);
    sender.stop();
    await tick();
    sender.leave(true);
    expect([sent, beacons]).toEqual([[], []]);
  });
  it("never waits longer than five minutes, and never all at once", () => {
    expect(pauseMs(40, "999999", 1)).toBe(300_000);
    expect(pauseMs(1, null, 0)).toBe(1000);
    expect(pauseMs(1, "soon", 1)).toBe(2000);
  });
  it("knows which answers settle a call", () => {
    expect([200, 204, 400, 413].every(isSettled)).toBe(true);
    expect([301, 401, 404, 408, 429, 500, 503].some(isSettled)).toBe(false);
  });
  it("writes one body from texts", () => {
    const body = bodyOf('w"k', [{ name: "a", text: call(1) }, { name: "b", text: call(2) }], new Date(0));
    expect(JSON.parse(body)).toEqual({
      writeKey: 'w"k', sentAt: "1970-01-01T00:00:00.000Z", batch: [{ messageId: "1" }, { messageId: "2" }],
    });
  });
});
