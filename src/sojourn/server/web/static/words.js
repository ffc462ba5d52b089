// Every text of these pages, in both languages; {0} is filled in.
import { ACCESS, ACTIONS } from "./words-access.js";
import { PEOPLE, PROBLEMS } from "./words-people.js";
import { SEGMENTS } from "./words-segments.js";

const WORDS = {
  ...ACCESS,
  ...PEOPLE,
  ...SEGMENTS,
  home: ["Home", "홈"],
  whereAmI: ["Where this page is", "페이지 위치"],
  cancel: ["Cancel", "취소"],
  needsRole: ["You need the role {0} to see this", "{0} 권한이 있어야 볼 수 있어요"],
  askAdmin: ["An admin of this workspace can give it to you.", "이 워크스페이스의 관리자에게 요청해 주세요."],
  "role-viewer": ["Viewer", "뷰어"], "role-analyst": ["Analyst", "분석가"],
  "role-editor": ["Editor", "편집자"], "role-admin": ["Admin", "관리자"],
  didNotWork: ["This did not work.", "처리하지 못했어요."],
  dropDrafts: ["What you typed and did not send is thrown away when you sign out. Sign out?", "로그아웃하면 쓰던 내용이 사라져요. 로그아웃할까요?"],
  signIn: ["Sign in", "로그인"],
  setUp: ["Make your account", "계정 만들기"],
  setUpWhy: ["This link makes one account. It works once.", "이 링크로 계정 하나를 만들 수 있어요. 한 번만 쓸 수 있어요."],
  signInWith: ["Sign in with {0}", "{0} 계정으로 로그인"],
  or: ["or", "또는"],
  failed: {
    "sign-in-lost": ["This sign-in took too long or was begun in another browser. Try again.", "로그인 시간이 지났거나 다른 브라우저에서 시작했어요. 다시 로그인해 주세요."],
    "provider-refused": ["The provider did not sign you in. Try again.", "제공자에서 로그인이 끝나지 않았어요. 다시 로그인해 주세요."],
    "provider-unreachable": ["The provider cannot be asked at the moment. Try again, or use your password.", "지금은 제공자에 연결할 수 없어요. 잠시 뒤 다시 시도하거나 비밀번호로 로그인해 주세요."],
    "provider-answer": ["What the provider says cannot be trusted. An admin finds why in the server's log.", "제공자의 응답을 믿을 수 없어요. 관리자가 서버 로그에서 이유를 볼 수 있어요."],
    "unverified-email": ["The provider does not say that your e-mail address is verified. Verify it there first.", "이메일 주소가 인증되지 않았어요. 제공자에서 먼저 인증해 주세요."],
    "not-invited": ["There is no account for you here. Ask an admin for an invitation.", "아직 계정이 없어요. 관리자에게 초대를 부탁해 주세요."],
    "other-identity": ["The account of this e-mail address belongs to another person there. Ask an admin.", "이 이메일 주소의 계정은 다른 사람과 연결되어 있어요. 관리자에게 문의해 주세요."],
    invitation: ["This link is unknown, was used, or has expired. Ask for a new one.", "이미 썼거나 기간이 지난 링크예요. 새 링크를 부탁해 주세요."],
    other: ["Signing in did not work.", "로그인하지 못했어요."],
  },
  email: ["E-mail address", "이메일 주소"],
  password: ["Password", "비밀번호"],
  newPassword: ["Password (12 characters or more)", "비밀번호 (12자 이상)"],
  signOut: ["Sign out", "로그아웃"],
  other: ["한국어", "English"],
  map: ["Journey map", "여정 지도"],
  mapWhy: ["Drawn from every event accepted so far.", "지금까지 받은 모든 이벤트로 그려요."],
  openMap: ["Open the map", "지도 열기"],
  arriving: ["Events arriving", "들어오는 이벤트"],
  none: ["No event has come yet. Send the first:", "아직 이벤트가 없어요. 첫 이벤트를 보내 보세요:"],
  seen: ["We see your events: {0} so far, the newest {1}.", "이벤트가 보여요. 지금까지 {0}건, 가장 최근은 {1}이에요."],
  waiting: ["{0} on their way to the lake.", "{0}건이 저장되는 중이에요."],
  event: ["Event", "이벤트"], count: ["Count", "건수"], people: ["People", "고객"],
  last: ["Newest", "최근"], when: ["When", "시각"], properties: ["Properties", "속성"],
  person: ["One person", "고객 한 명"],
  personWhy: ["User id, or the anonymous id of somebody never identified.", "사용자 ID 또는 식별되지 않은 고객의 익명 ID"],
  reading: ["Reading the events…", "이벤트를 읽고 있어요…"],
  show: ["Show", "보기"],
  keys: ["Write keys", "쓰기 키"],
  keysWhy: ["What a client sends events with. It can do nothing else.", "클라이언트가 이벤트를 보낼 때 쓰는 키예요. 다른 일은 할 수 없어요."],
  keyName: ["Name", "이름"], make: ["Make", "만들기"], revoke: ["Revoke", "폐기"],
  revoked: ["revoked", "폐기됨"],
  once: ["Shown this once; copy it now:", "지금 한 번만 보여요. 바로 복사해 두세요:"],
  install: ["Connect a site or a server", "사이트·서버 연결"],
  installWhy: ["Three steps, and the first events are here within seconds.", "세 단계면 몇 초 안에 첫 이벤트가 들어와요."],
  openInstall: ["Connect", "연결"],
  back: ["Back", "뒤로"],
  stepKey: ["Make a write key", "쓰기 키 만들기"],
  stepKeyWhy: ["It can send events and do nothing else. Its name becomes the source of those events.", "이벤트를 보내는 일만 할 수 있는 키예요. 키 이름이 이벤트의 출처로 남아요."],
  stepPaste: ["Copy this into your site or program", "사이트나 프로그램에 붙여넣기"],
  pasteBrowser: ["Into the head of every page. Nothing is stored or sent until the page calls sojourn.consent(…).", "모든 페이지의 head에 넣어요. 페이지가 sojourn.consent(…)를 부르기 전에는 아무것도 저장하거나 보내지 않아요."],
  pasteServer: ["Any of the libraries in the guide works the same way.", "안내서에 있는 다른 라이브러리도 같은 방법으로 쓸 수 있어요."],
  keyFirst: ["Make a key first, and it is filled in here.", "키를 먼저 만들면 여기에 채워져요."],
  copy: ["Copy", "복사"], copied: ["Copied", "복사했어요"],
  stepSee: ["We look for your events", "이벤트 확인"],
  looking: ["Nothing new yet. Open your site, or run your program: it shows here by itself.", "아직 새 이벤트가 없어요. 사이트를 열거나 프로그램을 실행하면 여기에 저절로 나타나요."],
  arrived: ["We see your events", "이벤트가 보여요"],
  ago: ["{0} s ago", "{0}초 전"], before: ["Before this page was opened", "이 페이지를 열기 전"],
  eventsMean: ["How often each event happened, and how many different people did it; bots are left out.", "각 이벤트가 일어난 횟수와, 그 이벤트를 한 서로 다른 고객 수예요. 봇은 빼고 세요."],
  asOf: ["Data up to {0}.", "{0} 기준이에요."],
};

let korean = (localStorage.getItem("sojourn-language") ?? navigator.language).startsWith("ko");

export const isKorean = () => korean;

export function switchLanguage() {
  korean = !korean;
  localStorage.setItem("sojourn-language", korean ? "ko" : "en");
}

// Korean particles by the last syllable before them: 을(를) and the like; digits as they are read.
const PARTICLE = /(.)(['’”)]*)(을\(를\)|이\(가\)|은\(는\)|과\(와\)|\(으\)로)/gu;
const SOUNDS = { 0: 21, 1: 8, 2: 0, 3: 16, 4: 0, 5: 0, 6: 1, 7: 8, 8: 8, 9: 0, l: 8, m: 16, n: 4, r: 8, g: 21 };

function withParticles(text) {
  return text.replace(PARTICLE, (_, last, quotes, particle) => {
    const code = last.codePointAt(0) - 0xac00;
    const final = code >= 0 && code < 11172 ? code % 28 : SOUNDS[last.toLowerCase()] ?? 0;
    const [closed, open] = { "을(를)": "을를", "이(가)": "이가", "은(는)": "은는", "과(와)": "과와", "(으)로": ["으로", "로"] }[particle];
    const isOpen = final === 0 || (particle === "(으)로" && final === 8);
    return last + quotes + (isOpen ? open : closed);
  });
}

export function say(key, ...values) {
  const text = WORDS[key][korean ? 1 : 0];
  if (!values.length) return text;
  return withParticles(text.replace(/\{(\d)\}/g, (_, at) => values[at])); // a value may hold {0} or $& itself
}

export function problemWords(code) {
  return PROBLEMS[code]?.[korean ? 1 : 0] ?? "";
}

export function actionWords(code) {
  return ACTIONS[code]?.[korean ? 1 : 0] ?? code;
}

export function failure(code) {
  return (WORDS.failed[code] ?? WORDS.failed.other)[korean ? 1 : 0];
}

export function number(value) {
  return value.toLocaleString(korean ? "ko-KR" : "en-GB");
}

export function time(iso) {
  return new Date(iso).toLocaleString(korean ? "ko-KR" : "en-GB", { dateStyle: korean ? "long" : "medium", timeStyle: "medium", hourCycle: "h23" });
}

export function day(iso) {
  return new Date(iso).toLocaleDateString(korean ? "ko-KR" : "en-GB", { dateStyle: korean ? "long" : "medium" });
}

export function percent(value) {
  if (value > 0 && value < 0.0005) return "<0.1%";
  return `${(100 * value).toFixed(1)}%`;
}

export function interval(low, high) {
  return [low, high].map((value) => (100 * value).toFixed(1)).join(korean ? "~" : "–");
}

// How long ago, in the largest unit that fits.
export function ago(iso) {
  const s = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 1000));
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, each]) => s >= each) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(korean ? "ko" : "en").format(-Math.floor(s / size), unit);
}
