/* Width of a text in Pretendard, near enough to decide where a label stands. */

const NARROW = new Set([..."ijlI.,:;'|!·() "]);
const WIDE = new Set([..."mwMW%@"]);

export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) {
    if (character.charCodeAt(0) >= 0x1100) ems += 0.89;
    else if (NARROW.has(character)) ems += 0.29;
    else if (WIDE.has(character)) ems += 0.88;
    else if (/[0-9A-Z]/.test(character)) ems += 0.64;
    else ems += 0.56;
  }
  return ems * size;
}
