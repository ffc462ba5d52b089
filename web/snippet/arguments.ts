/* The arguments of analytics.js: almost all may be left out, and what stands in their place moves up. */
import type { Call, Json } from "./types";

type Args = unknown[];

const isText = (value: unknown): value is string => typeof value === "string" || typeof value === "number";
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** Takes texts off the front of a call's arguments, at most `most` of them. */
function texts(args: Args, most: number): string[] {
  const found: string[] = [];
  while (found.length < most && isText(args[0])) found.push(String(args.shift()));
  if (!found.length && args[0] == null) args.shift(); // identify(null, traits)
  return found;
}

function rest(args: Args): { first: Json; options: Json; done: (() => void) | undefined } {
  const done = args.find((value): value is () => void => typeof value === "function");
  return { first: isObject(args[0]) ? args[0] : {}, options: isObject(args[1]) ? args[1] : {}, done };
}

/** The call that some arguments mean; undefined where they mean none, such as a track without a name. */
export function readCall(type: Call["type"], given: Args): Call | undefined {
  const args = [...given];
  if (type === "track") {
    const [event] = texts(args, 1);
    const { first, options, done } = rest(args);
    return event ? { type, fields: { event, properties: first }, options, done } : undefined;
  }
  if (type === "page") {
    const names = texts(args, 2);
    const { first, options, done } = rest(args);
    const name = names[names.length - 1];
    const category = names.length > 1 ? { category: names[0] } : {};
    return { type, fields: { ...(name ? { name } : {}), properties: { ...category, ...first } }, options, done };
  }
  if (type === "alias") {
    const [userId, previousId] = texts(args, 2);
    const { first: options, done } = rest(args);
    return userId ? { type, fields: { userId, ...(previousId ? { previousId } : {}) }, options, done } : undefined;
  }
  const [id] = texts(args, 1);
  const { first: traits, options, done } = rest(args);
  const fields = { ...(id ? { [type === "group" ? "groupId" : "userId"]: id } : {}), traits };
  return { type, fields, options, done };
}
