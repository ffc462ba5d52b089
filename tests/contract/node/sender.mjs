// Sends events with one of the Node libraries: node sender.mjs LIBRARY SCENARIO
import { setTimeout as sleep } from "node:timers/promises";

const url = process.env.SOJOURN_URL;
const key = process.env.SOJOURN_KEY;
const [library, scenario] = process.argv.slice(2);
const failed = (error) => console.log(`error ${error?.response?.status ?? error?.status} ${error?.message}`);

/** Each library as two functions: to send an event, and to end when everything is sent. */
const libraries = {
  async segment({ small }) {
    const { Analytics } = await import("@segment/analytics-node");
    const options = small ? { flushAt: 5, flushInterval: 100 } : {};
    const client = new Analytics({ writeKey: key, host: url, ...options });
    client.on("error", ({ code, reason }) => failed({ status: code, message: reason?.message }));
    return {
      track: (event, text) => client.track({ userId: "ann", event, properties: { text } }),
      end: () => client.closeAndFlush({ timeout: 60_000 }),
    };
  },
  async rudderstack({ small }) {
    const { default: Analytics } = await import("@rudderstack/rudder-sdk-node");
    const options = small ? { flushAt: 5, flushInterval: 100, retryCount: 10 } : {};
    const client = new Analytics(key, {
      dataPlaneUrl: url, logLevel: "none", errorHandler: failed, ...options,
    });
    const waiting = [];
    return {
      track: (event, text) =>
        waiting.push(new Promise((sent) => client.track({ userId: "ann", event, properties: { text } }, sent))),
      end: async () => {
        await client.flush();
        await Promise.all(waiting);
      },
    };
  },
  async posthog({ small }) {
    const { PostHog } = await import("posthog-node");
    const options = small ? { flushAt: 5, flushInterval: 100, fetchRetryCount: 10 } : {};
    const client = new PostHog(key, { host: url, ...options });
    client.on("error", failed);
    return {
      track: (event, text) => client.capture({ distinctId: "ann", event, properties: { text } }),
      end: () => client.shutdown(60_000),
    };
  },
};

const scenarios = {
  /** Forty events, packed where the library packs, of which the text is not ASCII. */
  async packed({ track }) {
    for (let number = 0; number < 40; number++) track(`e${number}`, "ä".repeat(20));
  },
  /** More at once than the libraries put into one request. */
  async large({ track }) {
    for (let number = 0; number < 200; number++) track(`e${number}`, "ä".repeat(12_000));
  },
  /** Events in small requests over three seconds, in which the server is killed. */
  async killed({ track }) {
    for (let number = 0; number < 300; number++) {
      track(`e${number}`, "ä");
      if (number === 100) console.log("kill");
      await sleep(10);
    }
  },
  /** One event. */
  async refused({ track }) {
    track("e0", "ä");
  },
};

const client = await libraries[library]({ small: scenario === "killed" });
await scenarios[scenario](client);
await client.end();
console.log("end");
