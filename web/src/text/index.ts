import type { Lang } from "../model/values";
import { en } from "./en";
import { ko } from "./ko";
import type { Words } from "./words";

export const WORDS: Record<Lang, Words> = { en, ko };
