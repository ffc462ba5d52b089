/* Korean particles by the last syllable; digits are read in Korean (3을, 5를, 10으로). */

export type Particle = "을/를" | "이/가" | "은/는" | "으로/로" | "과/와";

const DIGIT_FINALS: Record<string, number> = {
  "0": 21, "1": 8, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": 8, "8": 8, "9": 0,
};
const RIEUL = 8;
/* Letters whose Korean names end in a consonant: 엘 엠 엔 알. */
const LETTER_FINALS: Record<string, number> = { l: RIEUL, m: 16, n: 4, r: RIEUL };
/* A number that ends in zeros ends in the name of its power: 십 백 천 만 억. */
const POWER_FINALS = [21, 17, 1, 4, 4, 4, 4, 4, 1];

function digitsFinal(text: string): number {
  const zeros = /0+$/.exec(text)?.[0].length ?? 0;
  if (zeros > 0 && zeros < text.length && /\d/.test(text[text.length - zeros - 1] ?? "")) {
    return POWER_FINALS[zeros] ?? 1;
  }
  return DIGIT_FINALS[text[text.length - 1] ?? ""] ?? 0;
}

/** Index of the final consonant of the last readable character, 0 for none. */
export function finalConsonant(word: string): number {
  const text = word.replace(/[\s)\]}”’"'.,!?%…]+$/u, "").replace(/,/g, "");
  const last = text[text.length - 1] ?? "";
  const code = last.charCodeAt(0);
  if (code >= 0xac00 && code <= 0xd7a3) return (code - 0xac00) % 28;
  if (/\d/.test(last)) return digitsFinal(text);
  return LETTER_FINALS[last.toLowerCase()] ?? 0;
}

export function withParticle(word: string, particle: Particle): string {
  const [afterConsonant = "", afterVowel = ""] = particle.split("/");
  const final = finalConsonant(word);
  const vowelLike = final === 0 || (particle === "으로/로" && final === RIEUL);
  return word + (vowelLike ? afterVowel : afterConsonant);
}
