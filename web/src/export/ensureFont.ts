/* The embedded font, for certain: where the browser drops the style sheet's face, from its bytes.
   Seen with Chromium on machines without any font: loading a data: face fails now and then. */

const FAMILY = "Pretendard";

function bytes(): Uint8Array<ArrayBuffer> | null {
  const face = document.getElementById("sojourn-font")?.textContent ?? "";
  const data = /base64,([A-Za-z0-9+/=]+)/.exec(face)?.[1];
  return data ? Uint8Array.from(atob(data), (c) => c.charCodeAt(0)) : null;
}

async function loaded(): Promise<boolean> {
  try {
    const faces = await document.fonts.load(`16px ${FAMILY}`, "가A1");
    return faces.length > 0 && faces.every((face) => face.status === "loaded");
  } catch {
    return false;
  }
}

export async function ensureFont(): Promise<void> {
  if (await loaded()) return;
  const data = bytes();
  if (!data) return;
  const face = new FontFace(FAMILY, data, { weight: "45 920" });
  document.fonts.add(face);
  await face.load().catch(() => undefined);
}
